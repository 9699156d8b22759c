#include "textflag.h"

// func floatControl() uint64
TEXT ·floatControl(SB), NOSPLIT, $0-8
	MOVD FPCR, R0
	MOVD R0, ret+0(FP)
	RET

// func setFloatControl(control uint64)
TEXT ·setFloatControl(SB), NOSPLIT, $0-8
	MOVD control+0(FP), R0
	MOVD R0, FPCR
	RET
