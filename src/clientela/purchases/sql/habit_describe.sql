-- Write what is usual for records; nobody is stale any more.
UPDATE purchases_habitprofile AS profile
SET is_stale = false,
    first_at = row.first_at,
    last_at = row.last_at,
    purchases = row.purchases,
    visit_days = row.visit_days,
    gap_median_days = row.gap_median_days,
    gap_80_days = row.gap_80_days,
    gaps = row.gaps::integer[],
    weekdays = row.weekdays::integer[],
    hours = row.hours::integer[],
    channel = row.channel,
    place = row.place,
    categories = row.categories::uuid[],
    currency = row.currency,
    basket_minor = row.basket_minor,
    basket_lines_milli = row.basket_lines_milli,
    discounted_permille = row.discounted_permille,
    lapses_on = row.lapses_on,
    lapsed_on = CASE WHEN row.lapses_on IS NOT DISTINCT FROM profile.lapses_on
        THEN profile.lapsed_on END,
    basket_change = row.basket_change
FROM unnest(
    %(customer_id)s::uuid[], %(first_at)s::timestamptz[], %(last_at)s::timestamptz[],
    %(purchases)s::bigint[], %(visit_days)s::integer[], %(gap_median_days)s::integer[],
    %(gap_80_days)s::integer[], %(gaps)s::text[], %(weekdays)s::text[], %(hours)s::text[],
    %(channel)s::text[], %(place)s::text[], %(categories)s::text[], %(currency)s::text[],
    %(basket_minor)s::bigint[], %(basket_lines_milli)s::bigint[],
    %(discounted_permille)s::integer[], %(lapses_on)s::date[], %(basket_change)s::integer[]
) AS row (
    customer_id, first_at, last_at, purchases, visit_days, gap_median_days, gap_80_days, gaps,
    weekdays, hours, channel, place, categories, currency, basket_minor, basket_lines_milli,
    discounted_permille, lapses_on, basket_change
)
WHERE profile.customer_id = row.customer_id
