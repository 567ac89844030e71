-- One row an hour: 1 when the hour's index lies in this level. An hour with several readings counts by its worst.
SELECT
  _place AS place,
  _period AS period,
  CASE WHEN max(aqi) BETWEEN 151 AND 200 THEN 1 ELSE 0 END AS value,
  bool_or(_simulated) AS simulated
FROM "air-hourly"
WHERE aqi IS NOT NULL
GROUP BY _place, _period
