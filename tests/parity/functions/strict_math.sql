-- To the last digit.
SELECT x, exp(x), expm1(x), cosh(x), sinh(x), tanh(x) FROM (SELECT (id - 75) * 0.0371D AS x FROM range(150))
SELECT x, exp(x), expm1(x), cosh(x), sinh(x), tanh(x) FROM (SELECT (id - 60) * 12.43D AS x FROM range(120))
SELECT x, exp(x), expm1(x), cosh(x), sinh(x), tanh(x) FROM VALUES (0D), (-0D), (1D), (-1D), (1e-300D), (1e-20D), (-1e-17D), (22D), (0.34657359D), (1.0397207D), (709.79D), (710.2D), (-745.2D), (double('NaN')), (double('inf')), (double('-inf')), (NULL) AS t(x)
SELECT x, log2(x) FROM (SELECT id * 0.0371D AS x FROM range(200))
SELECT log2(9), log2(8), log2(0), log2(-1), log2(0.1), log2(double("NaN")), log2(double("inf"))
