-- What a tenant's people are found by: texts as pairs of characters. Everything here is made from the messages, and can be made again.

-- How far each room's log has been read. Words name a room by its number.
CREATE TABLE search_rooms (
    no        BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id BIGINT NOT NULL,
    id        BYTEA  NOT NULL,
    rev       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, no)
);
CREATE UNIQUE INDEX search_rooms_id ON search_rooms (tenant_id, id);

-- What can be found. n grows with the time of writing, so that the newest are found first.
CREATE TABLE search_documents (
    tenant_id BIGINT   NOT NULL,
    n         BIGINT   NOT NULL,
    kind      BIGINT   NOT NULL, -- 1: a message
    room      BIGINT   NOT NULL,
    seq       BIGINT   NOT NULL,
    edited_at BIGINT   NOT NULL, -- 0: never
    words     TSVECTOR NOT NULL,
    PRIMARY KEY (tenant_id, n)
);
CREATE UNIQUE INDEX search_documents_place ON search_documents (tenant_id, room, seq, kind);
-- What is new waits until there is some: put in its places one by one it would cost thirty times as much (measured). Each search
-- reads through what waits, so it is little, in kB.
CREATE INDEX search_documents_words ON search_documents USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 512);

-- Under a policy the index on words is never used, since their comparison is not known to be leakproof: it is asked through the
-- owner, whom the policy does not bind, for the tenant of the transaction and no other. Planned each time: a plan for any word fits
-- neither a common one nor a rare one. Where no rooms are given to choose among, they are among the words: then these lead, and never
-- the order, in which the few hits of a person lie far apart (n + 0 hides it).
CREATE FUNCTION search_candidates(tenant BIGINT, wanted TEXT, among BIGINT[], low BIGINT, high BIGINT, most BIGINT)
RETURNS TABLE (n BIGINT, room BIGINT, seq BIGINT)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = irori, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    IF tenant IS DISTINCT FROM CAST(NULLIF(current_setting('irori.tenant', true), '') AS BIGINT) THEN
        RETURN;
    END IF;
    IF among IS NULL THEN
        RETURN QUERY
            SELECT d.n, d.room, d.seq FROM search_documents d
            WHERE d.tenant_id = tenant AND d.words @@ CAST(wanted AS TSQUERY) AND d.n >= low AND d.n < high
            ORDER BY d.n + 0 DESC LIMIT most;
    ELSE
        RETURN QUERY
            SELECT d.n, d.room, d.seq FROM search_documents d
            WHERE d.tenant_id = tenant AND d.words @@ CAST(wanted AS TSQUERY) AND d.n >= low AND d.n < high AND d.room = ANY(among)
            ORDER BY d.n DESC LIMIT most;
    END IF;
END
$$;
