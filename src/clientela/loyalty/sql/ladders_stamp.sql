-- Which versions of their rows all ladders, their points and programmes stand in.
SELECT concat(current_database(), string_agg(concat_ws(
    ':', ladder.key, ladder.xmin, currency.xmin, programme.xmin, counted.xmin
), ',' ORDER BY ladder.key))
FROM loyalty_tierset AS ladder
JOIN loyalty_currency AS currency ON currency.id = ladder.currency_id
JOIN loyalty_programme AS programme ON programme.code = currency.programme_id
LEFT JOIN loyalty_currency AS counted ON counted.id = ladder.counted_id
