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

		"firstShuffles":  unsafe.Offsetof(book.firstShuffles),
		"secondShuffles": unsafe.Offsetof(book.secondShuffles),
		"thirdShuffles":  unsafe.Offsetof(book.thirdShuffles),
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

func TestShufflesHoldTheCodesInAsFewTablesAsTheirGroupsNeed(t *testing.T) {
	for group, tables := range map[int]int{1: 16, 2: 8, 4: 4, 8: 2, 16: 1, 32: 1, 256: 1, 3: 16, 12: 4} {
		var codes [256]uint8
		for i := range codes {
			codes[i] = uint8(37*(i/group) + 11)
		}
		var s shuffles
		s.fill(&codes)
		if int(s.count) != tables {
			t.Errorf("groups of %d: %d tables, want %d", group, s.count, tables)
		}
		for i, want := range codes {
			at := i >> s.shift
			var code uint8
			for table := at / 16 &^ 7; table <= at/16; table++ {
				code ^= s.tables[table][at%16]
			}
			if code != want || s.mask[i%32] != 255>>s.shift {
				t.Fatalf("groups of %d: component %d has code %d, mask %#x, want %d", group, i, code, s.mask[i%32], want)
			}
		}
	}
}
