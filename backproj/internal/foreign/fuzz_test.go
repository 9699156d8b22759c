//go:build !386 && !arm && !mips && !mipsle

package foreign

import (
	"bytes"
	"math"
	"math/big"
	"testing"
	"unsafe"

	"github.com/backproj/backproj/backproj"
)

// reach returns the addresses of the first and the last byte of an array, in
// numbers without a limit.
func reach(address uint64, axes [][2]int) (first, last *big.Int) {
	first, last = new(big.Int).SetUint64(address), new(big.Int).SetUint64(address)
	for _, axis := range axes {
		far := new(big.Int).Mul(big.NewInt(int64(axis[0])-1), big.NewInt(int64(axis[1])))
		if far.Sign() < 0 {
			first.Add(first, far)
		} else {
			last.Add(last, far)
		}
	}
	return first, last
}

// FuzzMemory fails unless the bytes of an array are just those from its first
// to its last, or an error if no process can have them.
func FuzzMemory(f *testing.F) {
	const all = 1 << 56
	f.Add(uint64(1<<40), 5, 12, 4, 3, 3, 1)
	f.Add(uint64(1<<40), 5, -12, 4, -3, 3, -1)
	f.Add(uint64(all), 1, math.MaxInt, 1, math.MinInt, 3, 1)
	f.Add(uint64(math.MaxUint64), 2, 1, 2, 1, 3, 1)
	f.Add(uint64(math.MaxUint64), 2, math.MinInt, 2, math.MinInt, 3, math.MinInt)
	f.Add(uint64(4096), math.MaxInt, 0, math.MaxInt, 0, 3, 0)
	f.Add(uint64(4096), math.MaxInt, 1, 2, 1, 3, 1)
	f.Add(uint64(4096), 2, math.MaxInt, 2, math.MaxInt, 3, math.MaxInt)
	f.Add(uint64(4095+all), 2, -all, 1, 1, 3, 1)
	f.Add(uint64(1<<40), 1<<28+1, 1<<28, 1<<28+1, 1<<28, 3, 1)
	f.Add(uint64(1<<40), math.MinInt, 1, 2, 1, 3, 1)
	f.Add(uint64(1<<40), 0, 1, math.MinInt, 1, 3, 1)
	f.Fuzz(func(t *testing.T, address uint64, n0, stride0, n1, stride1, n2, stride2 int) {
		axes := [][2]int{{n0, stride0}, {n1, stride1}, {n2, stride2}}
		memory, offset, err := memory(uintptr(address), axes)
		for _, axis := range axes {
			if axis[0] == 0 {
				if err == nil && len(memory) != 0 {
					t.Fatalf("%v has no elements, but %d bytes", axes, len(memory))
				}
				return
			}
		}
		if n0 < 0 || n1 < 0 || n2 < 0 {
			if err == nil {
				t.Fatalf("%v: no error", axes)
			}
			return
		}
		first, last := reach(address, axes)
		if err != nil {
			if first.Cmp(big.NewInt(4096)) >= 0 && last.Cmp(big.NewInt(all)) <= 0 {
				t.Fatalf("%v at %#x: %v, but it lies from %#x to %#x", axes, address, err, first, last)
			}
			return
		}
		at := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(memory))))
		if first.Cmp(new(big.Int).SetUint64(at)) != 0 || at+uint64(offset) != address ||
			last.Cmp(new(big.Int).SetUint64(at+uint64(len(memory)-1))) != 0 {
			t.Fatalf("%v at %#x: %d bytes from %#x on, want %#x to %#x", axes, address, len(memory), at, first, last)
		}
	})
}

// FuzzImage fails unless an image has the pixels that an array with those
// strides has, counted from the one at start of some bytes.
func FuzzImage(f *testing.F) {
	f.Add([]byte("twenty-four bytes of it."), 0, uint8(2), uint8(4), 12, 3, 1, false)
	f.Add([]byte("twenty-four bytes of it."), 23, uint8(2), uint8(4), -12, -3, -1, true)
	f.Add([]byte("twenty-four bytes of it."), 5, uint8(4), uint8(4), 0, 0, 1, false)
	f.Add([]byte("twenty-four bytes of it."), 9, uint8(3), uint8(4), 3, -3, 5, false)
	f.Add([]byte("twenty-four bytes of it."), 9, uint8(1), uint8(1), math.MinInt, math.MaxInt, 0, false)
	f.Fuzz(func(t *testing.T, pix []byte, start int, height, width uint8, row, pixel, channel int, redFirst bool) {
		if start < 0 || start >= len(pix) || height == 0 || width == 0 {
			return
		}
		address := uint64(uintptr(unsafe.Pointer(&pix[start])))
		first, last := reach(address, [][2]int{{int(height), row}, {int(width), pixel}, {3, channel}})
		low := new(big.Int).SetUint64(address - uint64(start))
		high := new(big.Int).Add(low, big.NewInt(int64(len(pix))))
		if first.Cmp(low) < 0 || last.Cmp(high) >= 0 {
			return // memory of someone else's
		}
		order := backproj.BGR
		if redFirst {
			order = backproj.RGB
		}
		image, err := Image(uintptr(address), int(height), int(width), row, pixel, channel, int(order))
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for y := range int(height) {
			for x := range int(width) {
				at := start + y*row + x*pixel
				p := [3]byte{pix[at], pix[at+channel], pix[at+2*channel]}
				if redFirst {
					p[0], p[2] = p[2], p[0]
				}
				want = append(want, p[:]...)
			}
		}
		got, err := image.AppendBGR(nil)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%+v: %v, %v, want %v", image, got, err, want)
		}
	})
}
