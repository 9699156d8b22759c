package backproj

import "encoding/binary"

// addUpGeneric is addUp for any CPU. It adds the bytes of 8 columns at a time, as
// 16-bit numbers: those of the even and those of the odd columns. At most 256 rows
// are added up, so they do not overflow.
func addUpGeneric(memory []uint8, code *sumCode) {
	memory = memory[:code.needs]
	for sums := code.sums; sums[0] > 0; {
		n, to, rows := int(sums[0]), int(sums[1]), sums[3:][:sums[2]]
		for i := 0; i < n; i += 8 {
			var even, odd uint64
			for _, at := range rows {
				word := binary.LittleEndian.Uint64(memory[int(at)+i:])
				even += word & evenBytes
				odd += word >> 8 & evenBytes
			}
			binary.LittleEndian.PutUint64(memory[to+i:], limited(even)|limited(odd)<<8)
		}
		sums = sums[3+len(rows):]
	}
}

// limited returns four 16-bit numbers, each limited to 255.
func limited(v uint64) uint64 {
	over := (v>>8&evenBytes + evenBytes) >> 8 & 0x0001000100010001
	return v&evenBytes | over*255
}
