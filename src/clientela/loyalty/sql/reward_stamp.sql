-- Which versions of its rows a reward stands in: its prices and codes are written together with it.
SELECT concat_ws(':', current_database(), reward.id, reward.xmin, currency.xmin, product.xmin)
FROM loyalty_reward AS reward
JOIN loyalty_currency AS currency ON currency.id = reward.currency_id
LEFT JOIN products_product AS product ON product.id = reward.product_id
WHERE reward.key = %(named)s OR reward.id = %(id)s
