-- Hours with at least one reading, of all hours of the month.
SELECT
  place,
  month AS period,
  100.0 * present / owed AS value,
  present AS cov_num,
  owed AS cov_den,
  simulated
FROM (
  SELECT
    _place AS place,
    substr(_period, 1, 7) AS month,
    count(DISTINCT _period) AS present,
    24 * day(last_day(CAST(concat(substr(_period, 1, 7), '-01') AS DATE))) AS owed,
    bool_or(_simulated) AS simulated
  FROM "air-hourly"
  GROUP BY _place, substr(_period, 1, 7)
) AS months
