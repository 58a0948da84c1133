-- Before anything is taken from a customer: lock all accounts of the family in order, and take what is
-- over. Nothing can be spent that the sweep has not come to yet.
CREATE OR REPLACE FUNCTION loyalty_settle(family uuid[], now timestamptz, who text)
RETURNS TABLE (customer uuid, currency text, happened timestamptz, points bigint, lots bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    accounts bigint[];
BEGIN
    accounts := ARRAY(
        SELECT account.id FROM loyalty_account AS account
        WHERE account.customer_id = ANY (family)
        ORDER BY account.customer_id, account.id
        FOR NO KEY UPDATE
    );
    RETURN QUERY SELECT * FROM loyalty_expire(accounts, now, who);
END
$$
