-- Lots of a family that are over and got points back by one reversal.
SELECT DISTINCT lot.id, lot.customer_id
FROM loyalty_posting AS posting
JOIN loyalty_allocation AS given
    ON given.customer_id = posting.customer_id AND given.posting_id = posting.id
JOIN loyalty_lot AS lot ON lot.customer_id = given.customer_id AND lot.id = given.lot_id
WHERE posting.customer_id = ANY (%(family)s) AND posting.source = 'reversal' AND posting.key = %(key)s
    AND given.releases_id IS NOT NULL AND lot.remaining > lot.held AND lot.expires_at <= %(now)s
ORDER BY lot.customer_id, lot.id
