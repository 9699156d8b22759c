//go:build amd64 || arm64

package foreign

import (
	"runtime"
	"testing"
)

// towardsZero is a rounding mode.
var towardsZero = map[string]uint64{"amd64": defaultFloat | 3<<13, "arm64": 3 << 22}[runtime.GOARCH]

// quotient is not inlined, or the compiler would divide once.
//
//go:noinline
func quotient(a, b float32) float32 { return a / b }

func TestACallRoundsToNearestWhateverTheCallersRoundingMode(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer setFloatControl(floatControl())
	nearest := quotient(-1, 3) // is below -1/3
	setFloatControl(towardsZero)
	outside := quotient(-1, 3)
	var err error
	var inside float32
	func() {
		defer Leave(&err, Enter())
		inside = quotient(-1, 3)
	}()
	after := quotient(-1, 3)
	setFloatControl(defaultFloat)
	if outside == nearest {
		t.Fatalf("the rounding mode makes no difference: %v", outside)
	}
	if inside != nearest {
		t.Errorf("%v in the call, %v to nearest", inside, nearest)
	}
	if after != outside {
		t.Errorf("%v before the call, %v after it", outside, after)
	}
}
