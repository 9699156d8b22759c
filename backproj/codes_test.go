package backproj

import (
	"testing"
	"unsafe"
)

func TestThresholdsAreReachedByExactlyTheSaturationsThatReachThem(t *testing.T) {
	for saturation := 1; saturation < 256; saturation++ {
		threshold := newThreshold(saturation)
		for v := range 256 {
			least := v * int(threshold.factor[0]) >> 16
			least += int(threshold.bits[v>>7][v>>3&15] >> (v & 7) & 1)
			for d := range v + 1 {
				if got, want := d >= least, int(saturationOf(d, v)) >= saturation; got != want {
					t.Fatalf("saturation %d, chroma %d of %d: reached %t, want %t", saturation, d, v, got, want)
				}
			}
		}
	}
}

func TestNoVectorOfACodebookCrossesACacheLine(t *testing.T) {
	var book *codebook
	for name, offset := range map[string]uintptr{
		"hue":        unsafe.Offsetof(book.first),
		"saturation": unsafe.Offsetof(book.second),
		"value":      unsafe.Offsetof(book.third),
		"bins":       unsafe.Offsetof(book.bins),
		"secondLo":   unsafe.Offsetof(book.secondLo),
		"secondSpan": unsafe.Offsetof(book.secondSpan),
		"thirdLo":    unsafe.Offsetof(book.thirdLo),
		"thirdSpan":  unsafe.Offsetof(book.thirdSpan),
		"binMask":    unsafe.Offsetof(book.binMask),
	} {
		if offset%64 != 0 {
			t.Errorf("%s: offset %d is not a multiple of 64", name, offset)
		}
	}
	// AVX2 alone reads thresholds, in vectors of 32 bytes.
	for name, offset := range map[string]uintptr{
		"saturationFrom":        unsafe.Offsetof(book.saturationFrom),
		"saturationFrom.bits":   unsafe.Offsetof(book.saturationFrom) + unsafe.Offsetof(book.saturationFrom.bits),
		"saturationBeyond":      unsafe.Offsetof(book.saturationBeyond),
		"saturationBeyond.bits": unsafe.Offsetof(book.saturationBeyond) + unsafe.Offsetof(book.saturationBeyond.bits),
	} {
		if offset%32 != 0 {
			t.Errorf("%s: offset %d is not a multiple of 32", name, offset)
		}
	}
	for range 100 {
		if at := uintptr(unsafe.Pointer(new(alignedCodebook).codebook())); at%64 != 0 {
			t.Fatalf("a codebook is at %#x, not at a multiple of 64", at)
		}
	}
}
