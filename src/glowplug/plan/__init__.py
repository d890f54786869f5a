"""The nouns of a query: expressions, relations, commands. Frozen values without behaviour.

`node`         the base of them all
`expressions`  what is computed per row or per group
`relations`    what rows there are
`commands`     what a statement does besides returning rows
`function`     the declaration of a function, which calls refer to
`tree`         walking and rewriting any of them
`names`        the column name Spark derives from an expression
"""
