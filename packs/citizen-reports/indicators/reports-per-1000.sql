-- Reports for each 1,000 people of the commune; a commune whose population is not known has no value.
SELECT
  _place AS place,
  _period AS period,
  1000.0 * sum(received) / max(population) AS value,
  1000.0 * sum(received) AS num,
  max(population) AS den,
  bool_or(_simulated) AS simulated
FROM "citizen-reports-monthly"
GROUP BY _place, _period
HAVING max(population) > 0
