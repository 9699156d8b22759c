//go:build !386 && !arm && !mips && !mipsle

package foreign

import (
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/backproj/backproj/backproj"
)

func TestImagesThatReachBeyondMemoryAreErrors(t *testing.T) {
	pix := make([]byte, 60)
	address := uintptr(unsafe.Pointer(&pix[0]))
	for _, test := range []struct {
		name                      string
		address                   uintptr
		height, width, row, pixel int
		want                      string
	}{
		{"packed", address, 5, 4, 12, 3, ""},
		{"upside down", address + 48, 5, 4, -12, 3, ""},
		{"no pixels", 0, 0, 4, 12, 3, ""},
		{"repeated", address, 1 << 40, 1 << 40, 0, 0, ""},
		{"at address 0", 0, 5, 4, 12, 3, "no array begins at address 0x0"},
		{"in the first page", 4095, 5, 4, 12, 3, "no array begins at address 0xfff"},
		{"from the first page on", 4095 + 48, 5, 4, -12, 3, "no array begins at address 0x102f"},
		{"below address 0", 24, 5, 4, -12, 3, "no array begins at address 0x18"},
		{"a stride that overflows", address, 3, 4, math.MaxInt, 3, "reaches beyond all memory"},
		{"a negative stride that overflows", address, 3, 4, math.MinInt, 3, "reaches beyond all memory"},
		{"a length that overflows", address, math.MaxInt, 4, 12, 3, "reaches beyond all memory"},
		{"a negative length", address, -1, 4, 12, 3, "reaches beyond all memory"},
	} {
		_, err := Image(test.address, test.height, test.width, test.row, test.pixel, 1, int(backproj.BGR))
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestAnImageIsTheMemoryItself(t *testing.T) {
	pix := []byte{1, 2, 3, 4, 5, 6}
	image, err := Image(uintptr(unsafe.Pointer(&pix[3])), 2, 1, -3, 3, 1, int(backproj.RGB))
	if err != nil {
		t.Fatal(err)
	}
	if image.Offset != 3 || &image.Pix[0] != &pix[0] || len(image.Pix) != 6 || image.Order != backproj.RGB {
		t.Errorf("%+v", image)
	}
}

// call runs f as a bound function would.
func call(f func()) (err error) {
	defer Leave(&err, Enter())
	f()
	return nil
}

func TestLeaveTurnsAPanicIntoAnError(t *testing.T) {
	err := call(func() { panic("what") })
	if err == nil || !strings.Contains(err.Error(), "internal error, please report it: what") {
		t.Errorf("%v", err)
	}
	if err := call(func() {}); err != nil {
		t.Errorf("without a panic: %v", err)
	}
}
