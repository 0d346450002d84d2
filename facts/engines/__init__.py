"""Facts that stay in a database: it filters, groups and sums, and only totals travel.

`expressions` says in Narwhals what is asked, once for every engine; `duckdb_table`, `spark_table` and `ibis_table` open
a table; `lazy` is the `Facts` over any of them.
"""
