-- One row per enterprise and fiscal year. Without turnover in your database let it
-- return no row: select null as enterprise_id, null as fiscal_year, null as
-- turnover_eur where false
select
    turnover."enterpriseId" as enterprise_id,
    turnover."fiscalYear" as fiscal_year,
    turnover."amountEur" as turnover_eur
from "Turnover" as turnover
