"""Every function of Spark, each declared once, in the file of its family.

`vocabulary`  what declarations are written with: parameter kinds, result types
`coercion`    the lattice of types: common types, implicit casts
`registry`    the families in one tuple; lookup by name

A family is a module with a tuple `FUNCTIONS`. See CONTRIBUTING.md for how to add a function.
"""
