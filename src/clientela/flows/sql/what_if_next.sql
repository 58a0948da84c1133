-- The last of the next `most` purchases behind one, in the order of ids; nothing when fewer are left.
SELECT id
FROM purchases_purchase
WHERE id > %(after)s::uuid
ORDER BY id
OFFSET %(most)s - 1
LIMIT 1
