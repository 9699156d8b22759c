package main

import "fmt"

// These are as in package backproj.
const (
	sumBytes  = 64
	batchRows = 8
	mostRows  = batchRows + 1
	mostSteps = 30
)

// sumVectors is how many vectors a function of sums adds up at a time.
const sumVectors = sumBytes / 16

// loadColumns loads so many bytes of a row into registers from first on.
func (f *function) loadColumns(first, offset int, register string) {
	for i := 0; i < sumVectors; i += 2 {
		f.line("FLDPQ %s, (F%d, F%d)", address(offset+16*i, register), first+i, first+i+1)
	}
}

func (f *function) storeColumns(first int, register string) {
	for i := 0; i < sumVectors; i += 2 {
		f.line("FSTPQ (F%d, F%d), %s", first+i, first+i+1, address(16*i, register))
	}
}

// addColumns adds the registers from second on to those from first on.
func (f *function) addColumns(first, second int) {
	for i := range sumVectors {
		f.to(fixed(first+i), "uqadd.B16", fixed(first+i), fixed(second+i))
	}
}

// addUp does the sums of a sumCode. There is a loop for each number of rows, with the
// address of each row in a register.
func (p *program) addUp() {
	p.function("addUpNEON", "memory *uint8, results *[]uint8, numbers *int32", 0, "kernel.addUp for the numbers of a sumCode.", func(f *function) {
		const memory, numbers, n, to, count, columns = "R0", "R1", "R2", "R3", "R4", "R5"
		var rows []string
		for i := range mostRows {
			rows = append(rows, fmt.Sprint("R", 6+i))
		}
		f.parameter("MOVD", "memory", memory)
		f.parameter("MOVD", "numbers", numbers)
		f.line("sum:")
		f.line("MOVW.P 4(%s), %s", numbers, n)
		f.line("CBZ %s, done", n)
		f.line("MOVW.P 4(%s), %s", numbers, to)
		f.line("MOVW.P 4(%s), %s", numbers, count)
		f.line("TBNZ $63, %s, result", to)
		f.line("ADD %s, %s", memory, to)
		f.line("rows:")
		for i, row := range rows {
			f.line("MOVW.P 4(%s), %s", numbers, row)
			f.line("ADD %s, %s", memory, row)
			if i+1 < mostRows {
				f.line("CMP $%d, %s", i+1, count)
				f.line("BEQ add%d", i+1)
			}
		}
		for count := mostRows; count >= 1; count-- { // that of mostRows follows the last row
			f.line("add%d:", count)
			f.loadColumns(0, 0, rows[0])
			for i, row := range rows[1:count] {
				others := 4 + 4*(i%4)
				f.loadColumns(others, 0, row)
				f.addColumns(0, others)
			}
			f.storeColumns(0, to)
			// Go on by 64 columns, or by fewer, to end with the row.
			f.line("SUBS $%d, %s", sumBytes, n)
			f.line("BEQ sum")
			f.line("MOVD $%d, %s", sumBytes, columns)
			f.line("CMP %s, %s", columns, n)
			f.line("BGE next%d", count)
			f.line("MOVD %s, %s", n, columns)
			f.line("MOVD $%d, %s", sumBytes, n)
			f.line("next%d:", count)
			for _, row := range rows[:count] {
				f.line("ADD %s, %s", columns, row)
			}
			f.line("ADD %s, %s", columns, to)
			f.line("JMP add%d", count)
		}
		f.line("result:")
		// A slice is its address, length and capacity.
		f.line("MVN %s, %s", to, to)
		f.line("ADD %s<<1, %s", to, to)
		f.parameter("MOVD", "results", columns)
		f.line("ADD %s<<3, %s", to, columns)
		f.line("LDP (%s), (%s, %s)", columns, to, n)
		f.line("JMP rows")
		f.line("done:")
		f.line("RET")
	})
}

// grow makes sums grow: see growth. Each step reads the pixels that it adds from memory,
// where most vectors are not aligned.
func (p *program) grow() {
	p.function("growNEON", "line, run *uint8, lineStride, runStride, setStride, columns int, steps uint32", 0,
		"kernel.grow for the fields of a growth; steps is not 0.", func(f *function) {
			const line, run, lineStride, runStride, setStride, columns, steps = "R0", "R1", "R2", "R3", "R4", "R5", "R6"
			const rows, from, column, to, rest, pixels = "R7", "R8", "R9", "R10", "R11", "R12"
			f.parameter("MOVD", "line", line)
			f.parameter("MOVD", "run", run)
			f.parameter("MOVD", "lineStride", lineStride)
			f.parameter("MOVD", "runStride", runStride)
			f.parameter("MOVD", "setStride", setStride)
			f.parameter("MOVD", "columns", columns)
			f.parameter("MOVWU", "steps", steps)
			f.line("MOVD $%d, %s", batchRows, rows)
			f.line("row:")
			f.line("MOVD %s, %s", line, from)
			f.line("MOVD %s, %s", run, column)
			f.line("MOVD %s, %s", columns, rest)
			f.line("columns:")
			f.line("MOVD %s, %s", column, to)
			f.loadColumns(0, 0, from)
			for step := 1; step <= mostSteps; step++ {
				away := step / 2
				if step%2 == 1 {
					away = -(step + 1) / 2
				}
				others := 4 + 4*(step%4)
				f.line("ADD $%d, %s, %s", away, from, pixels)
				f.loadColumns(others, 0, pixels)
				f.addColumns(0, others)
				f.line("TBNZ $%d, %s, write%d", step-1, steps, step)
				f.line("step%d:", step+1)
			}
			f.line("complete:")
			f.line("ADD $%d, %s", sumBytes, from)
			f.line("ADD $%d, %s", sumBytes, column)
			f.line("SUBS $%d, %s", sumBytes, rest)
			f.line("BNE columns")
			f.line("ADD %s, %s", lineStride, line)
			f.line("ADD %s, %s", runStride, run)
			f.line("SUBS $1, %s", rows)
			f.line("BNE row")
			f.line("RET")
			for step := 1; step <= mostSteps; step++ {
				f.line("write%d:", step)
				f.storeColumns(0, to)
				f.line("ADD %s, %s", setStride, to)
				// Are there no bits of later steps?
				f.line("LSR $%d, %s, %s", step, steps, pixels)
				f.line("CBNZ %s, step%d", pixels, step+1)
				f.line("JMP complete")
			}
		})
}
