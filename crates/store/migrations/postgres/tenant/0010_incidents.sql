-- Rooms that deal with an incident: photos sent there bear their place unless their sender takes it off.
ALTER TABLE rooms ADD COLUMN incident BIGINT NOT NULL DEFAULT 0;
