-- What recorded purchases earned, and the account's balance today.
SELECT
    posting.purchase_id, posting.id, currency.code, entry.amount,
    account.posted - account.pending - account.held
FROM unnest(%(purchase_ids)s::uuid[]) AS bought (id)
JOIN purchases_purchase AS purchase ON purchase.id = bought.id
JOIN loyalty_posting AS posting
    ON posting.customer_id = purchase.customer_id AND posting.purchase_id = purchase.id
    AND posting.kind = 'earn' AND posting.source = 'purchase'
JOIN loyalty_currency AS currency ON currency.id = posting.currency_id
JOIN loyalty_entry AS entry
    ON entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
JOIN loyalty_account AS account
    ON account.customer_id = entry.customer_id AND account.id = entry.account_id
