-- Names are sorted by their bytes in a database of any language, so the index that serves the lists is as well.

DROP INDEX users_by_kana;
CREATE INDEX users_by_kana ON users (tenant_id, kana_key COLLATE "C", id);
