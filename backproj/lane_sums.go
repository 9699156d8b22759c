package backproj

// Without vector instructions, pixels of a footprint are added up as 16-bit numbers,
// four in a word, which are called lanes here. They are of four parts of a row, a
// quarter of its results each:
//
//	word i = columns i, i+n, i+2n, i+3n
//
// The sums over the runs of pixels of a row are differences of prefix sums: with P[i] the
// sum of the first i pixels of a part, that of pixels i to i+k-1 is
//
//	P[i+k] - P[i]
//
// which is one subtraction for four sums, as no lane is less than what is subtracted from
// it. A sum over the footprint is one of these for each of its rows. The kernels with
// vector instructions add up bytes instead: see sumProgram.

const (
	// mostPrefix is the greatest number of pixels whose sum fits a lane.
	mostPrefix = (1<<16 - 1) / 255

	// mostLaneWidth is the greatest width of footprints that are added up in lanes. Prefix
	// sums are of width-1 more pixels than there are results, within mostPrefix. For wider
	// ones there would be more than two for each result.
	mostLaneWidth = 128

	// leastLaneColumns is how many columns of the sums must fit mostBytes. Of fewer, too
	// many of the pixels would be at the ends of rows, which are read twice.
	leastLaneColumns = 128
)

// A laneProgram says how to add up the rows of a footprint in lanes. Without sets there
// is none.
type laneProgram struct {
	sets  [][]pixelRun
	steps [][]laneRow // the rows of the footprint; with 255 more, the sums of each step fit a lane
	more  int         // how many pixels a part has beside one for each result

	columns int // the most results in a row
}

// A pixelRun is the pixels of a row from one column up to another, which it excludes.
type pixelRun struct{ from, to int }

// A laneRow is a row of the footprint and the set of its pixels.
type laneRow struct{ row, set int }

// laneProgram returns the program of the footprint, for rows of so many results.
func (f *footprint) laneProgram(width int) (l laneProgram) {
	sets, setOfRow := f.sets()
	most := mostBytes / 2 / (len(sets) * len(f.rows)) // a lane has two bytes
	if f.width > mostLaneWidth || most < leastLaneColumns {
		return l
	}
	l.more = f.width - 1
	strips := (width + most - 1) / most
	l.columns = (width + strips - 1) / strips
	for _, set := range sets {
		l.sets = append(l.sets, set.runs())
	}
	pixels := mostPrefix // of the last step
	for row, set := range setOfRow {
		if set < 0 {
			continue
		}
		n := sets[set].size()
		if pixels+n >= mostPrefix {
			l.steps = append(l.steps, nil)
			pixels = 0
		}
		last := len(l.steps) - 1
		l.steps[last] = append(l.steps[last], laneRow{row, set})
		pixels += n
	}
	return l
}

// runs returns the runs of pixels of the set.
func (s *pixelSet) runs() (runs []pixelRun) {
	for x := 0; x < maxFootprint; x++ {
		from := x
		for x < maxFootprint && s.has(x) {
			x++
		}
		if x > from {
			runs = append(runs, pixelRun{from, x})
		}
	}
	return runs
}

// A laneMemory has the sums over the sets of the last rows of pixels, and room for sums
// over rows. It is for a strip of so many columns.
type laneMemory struct {
	columns int
	blocks  int // each of four parts
	part    int // the results of a part

	prefix [1 + mostPrefix]uint64
	words  []uint64
	sums   [][]uint64 // for each set those of each row of pixels, in a ring as high as the footprint
	total  []uint64
	zeros  []uint64
}

// reserve sets up the memory for a strip.
func (m *laneMemory) reserve(l *laneProgram, height, columns int) {
	longest := mostPrefix - l.more
	m.columns = columns
	m.blocks = (columns + 4*longest - 1) / (4 * longest)
	m.part = (columns + 4*m.blocks - 1) / (4 * m.blocks)
	words := m.blocks * m.part
	rows := len(l.sets)*height + 2
	if n := rows * words; cap(m.words) < n {
		m.words = make([]uint64, n)
	}
	m.sums = m.sums[:0]
	for row := range rows {
		m.sums = append(m.sums, m.words[:rows*words][row*words:][:words])
	}
	m.total, m.zeros = m.sums[rows-2], m.sums[rows-1]
	m.sums = m.sums[:rows-2]
	clear(m.zeros)
}

// addLanes adds up the rows of a batch, the first of which is so many rows below the
// first one of the band, and writes the results that are complete then.
func (a *adder) addLanes(first, rows int) {
	p, m := a.program, &a.lanes
	height := len(p.rows)
	for row := range rows {
		at := first + row
		m.addRuns(&p.lanes, a.memory[p.line(0, row):], at%height, height)
		if at >= height-1 {
			m.addRows(p.lanes.steps, at+1, height)
			m.pack(a.results[row])
		}
	}
}

// addRuns adds up the pixels of a line over all sets, as row at of their rings.
func (m *laneMemory) addRuns(l *laneProgram, line []uint8, at, height int) {
	n := m.part
	for block := range m.blocks {
		m.addUpTo(line[4*n*block:], n+l.more)
		for i, runs := range l.sets {
			sums := m.sums[i*height+at][n*block:][:n]
			to, from := m.prefix[runs[0].to:][:n], m.prefix[runs[0].from:][:n]
			for i := range sums {
				sums[i] = to[i] - from[i]
			}
			for _, run := range runs[1:] {
				to, from := m.prefix[run.to:][:n], m.prefix[run.from:][:n]
				for i := range sums {
					sums[i] += to[i] - from[i]
				}
			}
		}
	}
}

// addUpTo writes the prefix sums of the parts of a block, of n pixels each.
func (m *laneMemory) addUpTo(pixels []uint8, n int) {
	a, b, c, d := pixels[:n], pixels[m.part:][:n], pixels[2*m.part:][:n], pixels[3*m.part:][:n]
	prefix := m.prefix[1:][:n]
	sum := uint64(0)
	for i := range prefix {
		sum += uint64(a[i]) | uint64(b[i])<<16 | uint64(c[i])<<32 | uint64(d[i])<<48
		prefix[i] = sum
	}
}

// addRows adds up the sums of the rows of the footprint, the first of which is row first
// of the rings.
func (m *laneMemory) addRows(steps [][]laneRow, first, height int) {
	var rows [6][]uint64 // as many as there are registers for
	total := m.total
	for i, step := range steps {
		for j := 0; j < len(step); j += len(rows) {
			for k := range rows {
				rows[k] = m.zeros
				if j+k < len(step) {
					r := step[j+k]
					rows[k] = m.sums[r.set*height+(first+r.row)%height]
				}
			}
			a, b, c := rows[0][:len(total)], rows[1][:len(total)], rows[2][:len(total)]
			d, e, f := rows[3][:len(total)], rows[4][:len(total)], rows[5][:len(total)]
			switch {
			case j > 0:
				for i := range total {
					total[i] += a[i] + b[i] + c[i] + d[i] + e[i] + f[i]
				}
			case i > 0:
				for i := range total {
					total[i] = limitedLanes(total[i]) + a[i] + b[i] + c[i] + d[i] + e[i] + f[i]
				}
			default:
				for i := range total {
					total[i] = a[i] + b[i] + c[i] + d[i] + e[i] + f[i]
				}
			}
		}
	}
}

// pack writes the total, limited to 255.
func (m *laneMemory) pack(to []uint8) {
	n := m.part
	for block := range m.blocks {
		total, out := m.total[n*block:][:n], to[4*n*block:m.columns]
		if len(out) < 4*n {
			for i := range out {
				out[i] = uint8(limitedLanes(total[i%n]) >> (i / n * 16))
			}
			return
		}
		a, b, c, d := out[:n], out[n:][:n], out[2*n:][:n], out[3*n:][:n]
		for i, lanes := range total {
			lanes = limitedLanes(lanes)
			a[i], b[i], c[i], d[i] = uint8(lanes), uint8(lanes>>16), uint8(lanes>>32), uint8(lanes>>48)
		}
	}
}

// limitedLanes returns lanes limited to 255.
func limitedLanes(lanes uint64) uint64 {
	const ones = 0x0001000100010001
	over := (lanes>>8&evenBytes + 255*ones) >> 8 & ones // 1 in lanes from 256 on
	return (lanes | over*255) & evenBytes
}
