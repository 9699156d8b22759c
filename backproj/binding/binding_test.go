//go:build !386 && !arm && !mips && !mipsle

package binding

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// at returns the address of a slice's first element, as Python gives it.
func at[T any](s []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s))) }

// memory returns n values that stay where they are until the test is over, like
// Python's. Go would not know this of an address alone: it could free the slice, or
// move it with the stack.
func memory[T any](t *testing.T, n int) []T {
	s := make([]T, n)
	t.Cleanup(func() { runtime.KeepAlive(s) })
	return s
}

// cells is the number of bins of a histogram whose layout is the zero value.
const cells = 32 * 32

// A state has the arrays that Python keeps of a histogram.
type state struct {
	counts []int64
	values []float32
	table  []uint8
	record []record
}

func newState(t *testing.T) *state {
	s := &state{
		memory[int64](t, cells), memory[float32](t, cells),
		memory[uint8](t, 1<<16+cells), memory[record](t, 1),
	}
	s.record[0] = record{
		values: at(s.values), table: at(s.table), cells: cells, length: 1<<16 + cells,
		bins: [3]int{32, 32}, ranges: [3][2]float64{{0, 180}, {0, 256}},
	}
	return s
}

// extents are the lengths and strides of impossible axes, and the errors they give.
var extents = []struct {
	name          string
	length, along int
	says          string
}{
	{"negative", -1, 3, "reaches beyond all memory"},
	{"the most negative", math.MinInt, 3, "reaches beyond all memory"},
	{"beyond an int", math.MaxInt, 3, "reaches beyond all memory"},
	{"a stride beyond all memory", 2, math.MaxInt, "reaches beyond all memory"},
	{"a stride below all memory", 2, -math.MaxInt, "reaches beyond all memory"},
	{"the most negative stride", 2, math.MinInt, "reaches beyond all memory"},
	{"a product that wraps to 0", 1 << 32, 1 << 32, "reaches beyond all memory"},
	{"a product that wraps to little", 1<<62 + 1, 4, "reaches beyond all memory"},
	{"before address 0", 2, -1 << 55, "no array begins at address"},
}

func TestImpossibleShapesAndStridesAreErrors(t *testing.T) {
	pix, prob, found := memory[byte](t, 300), memory[byte](t, 100), memory[int64](t, 3)
	s := newState(t)
	for _, e := range extents {
		for name, call := range map[string]func() (int, error){
			"Add rows": func() (int, error) {
				return Add(at(s.record), at(s.counts), at(pix), e.length, 1, e.along, 3, 1, 0, 0, 0, 0, 0, 1)
			},
			"Add columns": func() (int, error) {
				return Add(at(s.record), at(s.counts), at(pix), 1, e.length, 30, e.along, 1, 0, 0, 0, 0, 0, 1)
			},
			"Add mask": func() (int, error) {
				return Add(at(s.record), at(s.counts), at(pix), e.length, 1, 0, 0, 1, 0, at(prob), e.along, 1, 0, 1)
			},
			"Fit": func() (int, error) {
				return Fit(at(s.record), at(s.counts), 256, at(pix), e.length, 1, e.along, 3, 1, 0, 0, 0, 0, 0, 1)
			},
			"Project frame": func() (int, error) {
				return Project(at(prob), 0, 0, 0, 0, at(pix), 1, 0, e.length, 1, e.along, 3, 1, 0, at(s.record), 1, 0, 1)
			},
			"Project dst": func() (int, error) {
				return Project(at(prob), 0, 0, e.along, 1, at(pix), 1, 0, e.length, 1, 0, 0, 1, 0, at(s.record), 1, 0, 1)
			},
			"Project frames": func() (int, error) {
				return Project(at(prob), 0, 1, 0, 1, at(pix), 2, e.along, e.length, 1, e.along, 3, 1, 0, at(s.record), 1, 0, 1)
			},
			"ProjectModel model": func() (int, error) {
				return ProjectModel(at(prob), 1, 1, at(pix), 1, 1, 3, 3, 1, at(pix), e.length, 1, e.along, 3, 1, 0, 0, 0, 0, at(s.record), 256, 0, 1)
			},
			"Locate": func() (int, error) {
				return Locate(at(found), at(prob), e.length, 1, e.along, 1, 1, 1, 1)
			},
		} {
			if _, err := call(); err == nil || !strings.Contains(err.Error(), e.says) {
				t.Errorf("%s: %s: %v", name, e.name, err)
			}
		}
	}
}

func TestInvalidRecordsAreErrors(t *testing.T) {
	pix, prob := memory[byte](t, 300), memory[byte](t, 100)
	for name, change := range map[string]func(*record){
		"no values":             func(r *record) { r.values = 0 },
		"no table":              func(r *record) { r.table = 0 },
		"a negative table":      func(r *record) { r.length = -1 },
		"a table that is short": func(r *record) { r.length = 1<<16 - 1 },
		"a table of all memory": func(r *record) { r.length = math.MaxInt },
		"no cells":              func(r *record) { r.cells = -1 },
		"unknown channels":      func(r *record) { r.channels, r.length = 7, 3 },
	} {
		s := newState(t)
		change(&s.record[0])
		if _, err := Project(at(prob), 0, 0, 10, 1, at(pix), 1, 0, 10, 10, 30, 3, 1, 0, at(s.record), 1, 0, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Project(at(prob), 0, 0, 10, 1, at(pix), 1, 0, 10, 10, 30, 3, 1, 0, 0, 1, 0, 1); err == nil {
		t.Error("no record: no error")
	}
	if _, err := Project(at(prob), 0, 0, 10, 1, at(pix), 1, 0, 10, 10, 30, 3, 1, 0, at(newState(t).record), -1, 0, 1); err == nil {
		t.Error("a negative number of records: no error")
	}
}

func TestFitReplacesWhatWasThereBefore(t *testing.T) {
	pix := memory[byte](t, 300)
	for i := range pix {
		pix[i] = byte(i * i)
	}
	mask := memory[byte](t, 100)
	for i := range mask {
		mask[i] = byte(i % 3)
	}
	one, two := newState(t), newState(t)
	for i := range two.counts {
		two.counts[i] = int64(i)
	}
	if _, err := Add(at(one.record), at(one.counts), at(pix), 10, 10, 30, 3, 1, 0, at(mask), 10, 1, 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Normalize(at(one.record), at(one.counts), 256); err != nil {
		t.Fatal(err)
	}
	if _, err := Fit(at(two.record), at(two.counts), 256, at(pix), 10, 10, 30, 3, 1, 0, at(mask), 10, 1, 0, 0); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(one.counts, two.counts) || !slices.Equal(one.values, two.values) || !slices.Equal(one.table, two.table) {
		t.Error("counts, values or table differ")
	}
}

func TestTheCallAfterAnErrorWorks(t *testing.T) {
	pix, prob := memory[byte](t, 300), memory[byte](t, 100)
	s := newState(t)
	if _, err := Add(at(s.record), at(s.counts), at(pix), 10, 10, 30, 3, 1, 0, 0, 0, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Normalize(at(s.record), at(s.counts), 256); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := Project(1, 0, 0, 10, 1, at(pix), 1, 0, 10, 10, 30, 3, 1, 0, at(s.record), 1, 0, 0); err == nil {
			t.Fatal("no error")
		}
		clear(prob)
		if _, err := Project(at(prob), 0, 0, 10, 1, at(pix), 1, 0, 10, 10, 30, 3, 1, 0, at(s.record), 1, 0, 0); err != nil {
			t.Fatal(err)
		}
		if prob[0] != 255 || prob[99] != 255 {
			t.Fatalf("black on black is %d and %d", prob[0], prob[99])
		}
	}
}
