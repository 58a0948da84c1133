-- Fields of some customers are taken away.
UPDATE customers_customer
SET attributes = attributes - %(keys)s::text[],
    attributes_folded = attributes_folded - %(keys)s::text[],
    version = version + 1
WHERE id = ANY (%(family)s::uuid[]) AND attributes ?| %(keys)s::text[]
