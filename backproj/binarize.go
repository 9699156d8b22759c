package backproj

import "encoding/binary"

// binarize makes numbers that are greater than a level 255, and others 0, as
// OpenCV's threshold with THRESH_BINARY.
func binarize(numbers []uint8, level uint8) {
	// A number v is greater if v + 255 - level has bit 8: eight at a time, as 16-bit
	// numbers of the even and of the odd ones.
	const ones = 0x0001000100010001
	add := uint64(255-level) * ones
	words := numbers
	for ; len(words) >= 8; words = words[8:] {
		v := binary.LittleEndian.Uint64(words)
		even := (v&evenBytes + add) >> 8 & ones
		odd := (v>>8&evenBytes + add) >> 8 & ones
		binary.LittleEndian.PutUint64(words, (even|odd<<8)*255)
	}
	for i, v := range words {
		words[i] = uint8((int(level) - int(v)) >> 8)
	}
}
