package backproj

import "encoding/binary"

// A sumBlock is sumBytes columns of a row. Plain Go adds up 16 of them at a time, as
// 16-bit numbers, four in a word: those of the even and those of the odd columns. So
// they are limited to 255 once for all rows.
type sumBlock [sumBytes]uint8

// addUpGeneric is addUp for any CPU.
func addUpGeneric(memory []uint8, results *[batchRows][]uint8, code *sumCode) {
	if code.numbers[0] == 0 {
		return
	}
	code.check(memory, results)
	var all [mostRows]*sumBlock
	for numbers := code.numbers; numbers[0] > 0; {
		n, place, rows := int(numbers[0]), int(numbers[1]), numbers[3:][:numbers[2]]
		var to []uint8
		if place < 0 {
			to = results[^place]
		} else {
			to = memory[place:][:n]
		}
		blocks := all[:len(rows)]
		for i := 0; i < len(to); i += sumBytes {
			for row, at := range rows {
				blocks[row] = (*sumBlock)(memory[int(at)+i:])
			}
			if i+sumBytes <= len(to) {
				addBlocks((*sumBlock)(to[i:]), blocks)
			} else {
				var last sumBlock
				addBlocks(&last, blocks)
				copy(to[i:], last[:])
			}
		}
		numbers = numbers[3+len(rows):]
	}
}

// addBlocks writes the sums of blocks, limited to 255. The first may be to itself.
func addBlocks(to *sumBlock, blocks []*sumBlock) {
	for i := 0; i <= sumBytes-16; i += 16 {
		var even0, odd0, even1, odd1 uint64
		for _, b := range blocks {
			v := binary.LittleEndian.Uint64(b[i : i+8])
			even0 += v & evenBytes
			odd0 += v >> 8 & evenBytes
			v = binary.LittleEndian.Uint64(b[i+8 : i+16])
			even1 += v & evenBytes
			odd1 += v >> 8 & evenBytes
		}
		binary.LittleEndian.PutUint64(to[i:i+8], limited(even0, odd0))
		binary.LittleEndian.PutUint64(to[i+8:i+16], limited(even1, odd1))
	}
}

// growGeneric is grow for any CPU.
func growGeneric(memory []uint8, g *growth) {
	if g.steps == 0 {
		return
	}
	_ = memory[g.needs-1]
	var pixels [1 + mostSteps]*sumBlock
	var sums [mostSteps]*sumBlock
	for row := range batchRows {
		for column := 0; column < g.columns; column += sumBytes {
			at, to := g.line+row*g.lineStride+column, g.run+row*g.runStride+column
			n, sets := 1, 0
			pixels[0] = (*sumBlock)(memory[at:])
			for steps := g.steps; steps != 0; steps >>= 1 {
				pixels[n] = (*sumBlock)(memory[at+grownColumn(n):])
				if steps&1 != 0 {
					sums[sets] = (*sumBlock)(memory[to+sets*g.setStride:])
					sets++
				}
				n++
			}
			growBlocks(&sums, pixels[:n], g.steps)
		}
	}
}

func growBlocks(sums *[mostSteps]*sumBlock, pixels []*sumBlock, steps uint32) {
	for i := 0; i <= sumBytes-16; i += 16 {
		var even0, odd0, even1, odd1 uint64
		set := 0
		for step, p := range pixels {
			v := binary.LittleEndian.Uint64(p[i : i+8])
			even0 += v & evenBytes
			odd0 += v >> 8 & evenBytes
			v = binary.LittleEndian.Uint64(p[i+8 : i+16])
			even1 += v & evenBytes
			odd1 += v >> 8 & evenBytes
			if uint64(steps)<<1>>step&1 != 0 {
				to := sums[set]
				binary.LittleEndian.PutUint64(to[i:i+8], limited(even0, odd0))
				binary.LittleEndian.PutUint64(to[i+8:i+16], limited(even1, odd1))
				set++
			}
		}
	}
}

// limited returns 8 bytes: 16-bit numbers, which are less than 1<<15, limited to 255.
func limited(even, odd uint64) uint64 {
	const ones = 0x0001000100010001
	// Numbers from 256 on have bit 15 after 1<<15 - 256 is added.
	over := (even+ones*0x7f00)>>15&ones | (odd+ones*0x7f00)>>15&ones<<8
	return even&evenBytes | odd&evenBytes<<8 | over*255
}
