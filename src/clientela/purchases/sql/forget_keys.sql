-- Free references of purchases or returns that are gone.
DELETE FROM purchases_key AS key
USING unnest(%(source)s::text[], %(external_ref)s::text[]) AS row (source, external_ref)
WHERE key.kind = %(kind)s AND key.source = row.source AND key.external_ref = row.external_ref
