#include "textflag.h"

// func floatControl() uint64
TEXT ·floatControl(SB), NOSPLIT, $0-8
	MOVQ    $0, ret+0(FP)
	STMXCSR ret+0(FP)
	RET

// func setFloatControl(control uint64)
TEXT ·setFloatControl(SB), NOSPLIT, $0-8
	LDMXCSR control+0(FP)
	RET
