-- Points that customers have and may still use, over all currencies.
SELECT coalesce(sum(posted + debt), 0)::bigint FROM loyalty_account
