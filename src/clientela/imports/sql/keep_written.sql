-- What one transaction of an import wrote, for its undo: a set of records of one kind.
INSERT INTO imports_written (batch_id, what, records, owners, before, written_at)
VALUES (
    %(batch)s, %(what)s, %(records)s::uuid[], %(owners)s::uuid[], %(before)s::jsonb, %(now)s
)
