-- What SQLite should know of the data when it chooses a plan (sqlite.org/fileformat2.html, section 2.6.3). A file holds one
-- tenant, so that tenant_id tells nothing apart: without these numbers it would be taken for the best key there is, and whole
-- tables of a tenant be read for one person's rows. The numbers are a city's; only their proportions matter.

ANALYZE users;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'sqlite_autoindex_users_1', '1000 1000 1'),
    ('users', 'sqlite_autoindex_users_2', '1000 1000 1'),
    ('users', 'sqlite_autoindex_users_3', '1000 1000 1000'),
    ('users', 'users_by_kana', '1000 1000 2 1'),
    ('actors', 'sqlite_autoindex_actors_1', '50 50 1'),
    ('actors', 'actors_by_user', '50 50 5'),
    ('org_units', 'sqlite_autoindex_org_units_1', '60 60 1'),
    ('org_units', 'sqlite_autoindex_org_units_2', '60 60 60'),
    ('assignments', 'sqlite_autoindex_assignments_1', '1000 1000 1 1'),
    ('assignments', 'assignments_by_unit', '1000 1000 20 1'),
    ('directory_groups', 'sqlite_autoindex_directory_groups_1', '30 30 1'),
    ('directory_groups', 'sqlite_autoindex_directory_groups_2', '30 30 30'),
    ('group_members', 'sqlite_autoindex_group_members_1', '600 600 20 20 1'),
    ('grants', 'sqlite_autoindex_grants_1', '50 50 1'),
    ('grants', 'grants_by_user', '50 50 2'),
    ('sessions', 'sqlite_autoindex_sessions_1', '2000 2000 1'),
    ('sessions', 'sqlite_autoindex_sessions_2', '2000 2000 1'),
    ('sessions', 'sessions_by_user', '2000 2000 2'),
    ('known_addresses', 'sqlite_autoindex_known_addresses_1', '3000 3000 3 1'),
    ('audit_events', 'audit_by_time', '100000 100000 2'),
    ('rooms', 'rooms', '2000 2000 1'),
    ('rooms', 'rooms_pair', '2000 2000 2'),
    ('rooms', 'rooms_org_unit', '2000 2000 2'),
    ('members', 'members', '10000 10000 6 1'),
    ('members', 'members_user', '10000 10000 11 10'),
    ('spans', 'spans', '11000 11000 6 2 1'),
    ('sources', 'sources', '11000 11000 6 2 2 1'),
    ('actor_cursors', 'actor_cursors', '500 500 10 1'),
    ('messages', 'messages_seq', '1000000 1000000 500 1'),
    ('messages', 'messages_client', '1000000 1000000 1'),
    ('mentions', 'mentions', '20000 20000 20 2 1'),
    ('reactions', 'reactions', '200000 200000 100 4 3 1'),
    ('changes', 'changes_stream', '1500000 1500000 500 1'),
    ('user_streams', 'user_streams', '1000 1000 1');
ANALYZE sqlite_schema;
