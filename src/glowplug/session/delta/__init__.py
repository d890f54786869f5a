"""Delta tables on behalf of a session: what needs plans to be run. `lake/delta/` has the log and the files.

Reading order: `changes` runs any change of a table (rows to files, files to a version), `checks` what rows must be,
`schemas` how a table's columns and those of new rows become one, `saving` what `df.write` and INSERT do with it.
`generated` has the columns that the table computes, `feeds` the change feed, beside whatever is written.
`rows` has DELETE and UPDATE, `merging` MERGE (`keys`: of which files), `tables` CREATE, REPLACE and ALTER,
`optimizing` OPTIMIZE (`curves`: the order of rows), `upkeep` what of it comes with each write.
"""
