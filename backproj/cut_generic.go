package backproj

import "encoding/binary"

// binarizeGeneric is kernel.binarize for any CPU, for eight numbers at a time.
func binarizeGeneric(numbers []uint8, level uint8) {
	words := numbers
	for ; len(words) >= 8; words = words[8:] {
		binary.LittleEndian.PutUint64(words, greater(words, level)*255)
	}
	for i, v := range words {
		words[i] = uint8((int(level) - int(v)) >> 8)
	}
}

// greater returns eight bytes that are 1 for numbers that are greater than the
// level, and 0 for others.
func greater(numbers []uint8, level uint8) uint64 {
	// A number v is greater if v + 255 - level has bit 8: they are added as 16-bit
	// numbers of the even and of the odd ones.
	const ones = 0x0001000100010001
	add, v := uint64(255-level)*ones, binary.LittleEndian.Uint64(numbers)
	even := (v&evenBytes + add) >> 8 & ones
	odd := (v>>8&evenBytes + add) >> 8 & ones
	return even | odd<<8
}

// cutGeneric is kernel.cut for any CPU, for eight pixels at a time. It has no
// branches, since no CPU could predict them.
func cutGeneric(dst, src, numbers []uint8, size int, level uint8) {
	words := len(numbers) / 8
	if size == 3 {
		for i := range words {
			to, from, there := (*[24]byte)(dst[24*i:]), (*[24]byte)(src[24*i:]), &spread3[gather(greater(numbers[8*i:], level))]
			cutWord(to[:8], from[:8], there[0])
			cutWord(to[8:16], from[8:16], there[1])
			cutWord(to[16:], from[16:], there[2])
		}
	} else {
		for i := range words {
			to, from, there := (*[32]byte)(dst[32*i:]), (*[32]byte)(src[32*i:]), &spread4[gather(greater(numbers[8*i:], level))]
			cutWord(to[:8], from[:8], there[0])
			cutWord(to[8:16], from[8:16], there[1])
			cutWord(to[16:24], from[16:24], there[2])
			cutWord(to[24:], from[24:], there[3])
		}
	}
	for i := 8 * words; i < len(numbers); i++ {
		there := uint8((int(level) - int(numbers[i])) >> 8)
		for c := i * size; c < (i+1)*size; c++ {
			dst[c] = src[c] & there
		}
	}
}

func cutWord(to, from []byte, there uint64) {
	binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from)&there)
}

// gather returns the lowest bits of eight bytes, which have no others, that of the
// first one lowest.
func gather(bits uint64) uint8 { return uint8(bits * 0x0102040810204080 >> 56) }

// spread3 and spread4 have the masks of the bytes of eight pixels, of 3 and of 4
// bytes, for the numbers whose bit i says that pixel i is there.
var (
	spread3 = spreadTo(3)
	spread4 = spreadTo(4)
)

func spreadTo(size int) (masks [256][4]uint64) {
	for there := range masks {
		var bytes [32]byte
		for i := range 8 * size {
			bytes[i] = -byte(there >> (i / size) & 1)
		}
		for i := range size {
			masks[there][i] = binary.LittleEndian.Uint64(bytes[8*i:])
		}
	}
	return masks
}
