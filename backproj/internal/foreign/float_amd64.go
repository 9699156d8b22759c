package foreign

const (
	// defaultFloat rounds to nearest, keeps subnormals, and traps nothing.
	defaultFloat = 0x1f80
	// floatFlags are the bits of MXCSR that record exceptions.
	floatFlags = 0x3f
)
