package foreign

const (
	// defaultFloat rounds to nearest, keeps subnormals, and traps nothing.
	defaultFloat = 0
	// floatFlags is 0, since FPCR records no exceptions.
	floatFlags = 0
)
