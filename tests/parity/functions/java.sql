-- Static methods of Java.
SELECT reflect('java.util.UUID', 'fromString', 'a5cf6c42-0c85-418f-af6c-3e4e5b1328f2'), java_method('java.lang.Math','max',1,2), java_method('java.lang.Math','abs',-2.5D), reflect('java.lang.Integer','toHexString',255), reflect('java.net.URLDecoder','decode','a%20b','UTF-8')
SELECT reflect('java.lang.Math','sqrt',4.0D), reflect('java.lang.Long','toBinaryString',5L), reflect('java.lang.String','valueOf',1), reflect('java.lang.Math','floorMod',7,3)
SELECT reflect('java.lang.Math','sqrt',4)
SELECT reflect('java.lang.Math','nope',4.0D)
SELECT reflect('java.util.UUID','fromString','x')
SELECT try_reflect('java.util.UUID','fromString','x')
SELECT try_reflect('scala.Predef', 'require', false)
SELECT reflect('java.util.UUID','fromString',cast(null as string))
SELECT reflect('java.lang.Integer','parseInt','12'), reflect('java.lang.Integer','valueOf','12'), reflect('java.lang.String','format','a')
SELECT reflect('java.lang.Integer', 'parseInt', '12'), reflect('java.lang.Integer', 'parseInt', '-7'), reflect('java.lang.Long', 'valueOf', '12'), reflect('java.lang.Integer', 'toHexString', -1), reflect('java.lang.Long', 'toBinaryString', -1L), reflect('java.lang.Integer', 'bitCount', 255)
SELECT reflect('java.lang.Math', 'max', 1.5D, 2.5D), reflect('java.lang.Math', 'min', 1L, 2L), reflect('java.lang.Math', 'abs', -5), reflect('java.lang.Math', 'floorMod', -7, 3), reflect('java.lang.Math', 'pow', 2D, 10D), reflect('java.lang.Math', 'sqrt', -1D), reflect('java.lang.Math', 'rint', 2.5D), reflect('java.lang.Math', 'ceil', 1e20D)
SELECT reflect('java.net.URLEncoder', 'encode', 'a b~*é&/', 'UTF-8'), reflect('java.net.URLDecoder', 'decode', 'a+b%C3%A9', 'UTF-8'), reflect('java.lang.String', 'valueOf', 1.0D), reflect('java.lang.String', 'valueOf', true), reflect('java.lang.Boolean', 'parseBoolean', 'TRUE')
SELECT reflect('java.lang.Integer', 'parseInt', 'x')
SELECT try_reflect('java.lang.Integer', 'parseInt', 'x'), try_reflect('java.lang.Math', 'floorMod', 1, 0)
SELECT reflect('java.lang.Math', 'max', 1, 2L)
SELECT length(reflect('java.util.UUID', 'randomUUID'))
SELECT reflect('java.lang.Integer', 'toHexString', id) FROM range(2)
SELECT reflect('java.lang.Long', 'toHexString', id * 100) AS h FROM range(3)
SELECT reflect('java.lang.Math', 'sin', 1.5D) a, reflect('java.lang.Math', 'cos', 1.5D) b, reflect('java.lang.Math', 'tan', 0.5D) c, reflect('java.lang.Math', 'asin', 2D) d, reflect('java.lang.Math', 'acos', 0.5D) e, reflect('java.lang.Math', 'atan', 2D) f, reflect('java.lang.Math', 'exp', 1D) g
SELECT reflect('java.lang.Math', 'log', 10D) a, reflect('java.lang.Math', 'log', -1D) b, reflect('java.lang.Math', 'log', 0D) c, reflect('java.lang.Math', 'log10', 1000D) d, reflect('java.lang.Math', 'atan2', 1D, -2D) e, reflect('java.lang.Math', 'signum', -2.5D) f, reflect('java.lang.Math', 'signum', -0.0D) g, reflect('java.lang.Math', 'sin', double('Infinity')) h, reflect('java.lang.StrictMath', 'sqrt', 2D) i
SELECT reflect('java.lang.Math', 'addExact', 1, 2) a, reflect('java.lang.Math', 'multiplyExact', 3L, 4L) b, try_reflect('java.lang.Math', 'addExact', 2147483647, 1) c, reflect('java.lang.Math', 'negateExact', 5) d, reflect('java.lang.Math', 'toIntExact', 7L) e, try_reflect('java.lang.Math', 'toIntExact', 2147483648L) f
SELECT reflect('java.lang.Math', 'incrementExact', 2147483647)
SELECT reflect('java.lang.Integer', 'toString', 255, 16) a, reflect('java.lang.Integer', 'toString', -255, 2) b, reflect('java.lang.Integer', 'toString', 10, 99) c, reflect('java.lang.Integer', 'parseInt', 'ff', 16) d, reflect('java.lang.Long', 'parseLong', '-zz', 36) e, reflect('java.lang.Integer', 'valueOf', '101', 2) f
SELECT reflect('java.lang.Integer', 'toUnsignedString', -1) a, reflect('java.lang.Long', 'toUnsignedString', -1L) b, reflect('java.lang.Integer', 'reverse', 1) c, reflect('java.lang.Integer', 'highestOneBit', 100) d, reflect('java.lang.Integer', 'lowestOneBit', 100) e, reflect('java.lang.Integer', 'highestOneBit', -1) f, reflect('java.lang.Long', 'numberOfLeadingZeros', 1L) g, reflect('java.lang.Integer', 'numberOfTrailingZeros', 0) h
SELECT reflect('java.lang.Integer', 'rotateLeft', -2147483647, 1) a, reflect('java.lang.Integer', 'rotateRight', 1, 1) b, reflect('java.lang.Long', 'rotateLeft', 1L, -1) c, reflect('java.lang.Integer', 'rotateLeft', 5, 32) d
SELECT reflect('java.lang.Boolean', 'valueOf', 'TRUE') a, reflect('java.lang.Boolean', 'logicalXor', true, false) b, reflect('java.lang.Boolean', 'logicalAnd', true, false) c, reflect('java.lang.Double', 'isNaN', double('NaN')) d, reflect('java.lang.Double', 'toString', 1e10D) e, reflect('java.lang.Double', 'sum', 1D, 2D) f, reflect('java.lang.Double', 'isInfinite', 1D) g
SELECT reflect('java.lang.Integer', 'parseInt', '1_0')
SELECT reflect('java.lang.Integer', 'parseInt', ' 1')
SELECT try_reflect('java.lang.Integer', 'parseInt', '+7'), try_reflect('java.lang.Integer', 'parseInt', '--7'), try_reflect('java.lang.Integer', 'parseInt', ''), try_reflect('java.lang.Integer', 'parseInt', '99999999999'), try_reflect('java.lang.Integer', 'parseInt', '0x1', 16), try_reflect('java.lang.Integer', 'parseInt', '0b1', 2)
SELECT reflect('java.lang.Integer', 'compareUnsigned', -1, 1) a, reflect('java.lang.Long', 'divideUnsigned', -1L, 10L) b, reflect('java.lang.Integer', 'remainderUnsigned', -1, 7) c, reflect('java.lang.Integer', 'reverseBytes', 1) d, reflect('java.lang.Long', 'reverseBytes', -2L) e, reflect('java.lang.Long', 'hashCode', -5000000000L) f, reflect('java.lang.Integer', 'hashCode', -7) g, try_reflect('java.lang.Integer', 'divideUnsigned', 1, 0) h
SELECT reflect('java.lang.Math', 'floorMod', -7L, 3) a, reflect('java.lang.Math', 'floorDiv', -7L, 3) b, reflect('java.lang.Math', 'multiplyExact', 7L, -3) c, reflect('java.lang.Math', 'absExact', -5) d, try_reflect('java.lang.Math', 'absExact', -2147483648) e, reflect('java.lang.Math', 'copySign', 2D, -0.0D) f, reflect('java.lang.Math', 'multiplyHigh', 9223372036854775807L, -3L) g
SELECT x, reflect('java.lang.Math', 'round', x) a, reflect('java.lang.Math', 'ulp', x) b, reflect('java.lang.Math', 'nextUp', x) c, reflect('java.lang.Math', 'nextDown', x) d, reflect('java.lang.Double', 'doubleToLongBits', x) e, reflect('java.lang.Double', 'compare', x, 0D) f FROM VALUES (0.5D), (-0.5D), (0.49999999999999994D), (1e300D), (-1e300D), (double('NaN')), (double('-Infinity')), (-0.0D), (4503599627370497.5D) t(x)
SELECT x, try_reflect('java.lang.Double', 'parseDouble', x) a, try_reflect('java.lang.Double', 'valueOf', x) b FROM VALUES ('1.5'), (' 2 '), ('1e3'), ('1d'), ('.5f'), ('5.'), ('NaN'), ('-Infinity'), ('inf'), ('1_0'), (''), ('x'), ('1e'), ('.') t(x)
SELECT x, reflect('java.lang.Character', 'isDigit', x) a, reflect('java.lang.Character', 'isLetter', x) b, try_reflect('java.lang.Character', 'toString', x) c FROM VALUES (48), (65), (233), (1632), (128512), (32), (178), (170) t(x)
