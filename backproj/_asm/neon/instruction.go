package main

import (
	"fmt"
	"slices"
	"strings"
)

// A vector is a register V0 to V31. Its number is -1 until allocate chooses it.
type vector struct {
	number int
	lent   bool // the register is free after the last read
}

func newVector() *vector { return &vector{number: -1} }

// fixed returns a vector in a register, which is never free.
func fixed(number int) *vector { return &vector{number: number} }

// lent returns a vector in a register that is free after the last read.
func lent(number int) *vector { return &vector{number: number, lent: true} }

// in returns the vector as Go's assembler writes it.
func (v *vector) in(arrangement string) string { return fmt.Sprintf("V%d.%s", v.number, arrangement) }

// An instruction is a line of assembly, which is written when all registers are
// chosen. What it does to vectors is known here; general registers are in the text.
type instruction struct {
	text func() string

	// It writes to the destination, or to none, and reads the sources. If it reads the
	// destination too, that is among the sources.
	destination *vector
	sources     []*vector

	// It is not scheduled before the instructions so far that write these, so that not too
	// many vectors are in use.
	follows []*vector

	// If a register, which is the text, is not 0, the code apart runs instead of the
	// code usual. It stands behind the function's end, since few calls run it.
	usual, apart *code
}

// Code is a sequence of instructions. Its methods append instructions and return
// the vector that they write, which is a new one unless they are given one.
type code struct {
	instructions []instruction
}

// line appends an instruction without vectors, or a label.
func (c *code) line(format string, arguments ...any) {
	text := fmt.Sprintf(format, arguments...)
	c.instructions = append(c.instructions, instruction{text: func() string { return text }})
}

func (c *code) add(destination *vector, sources []*vector, text func() string) {
	c.instructions = append(c.instructions, instruction{text: text, destination: destination, sources: sources})
}

// choose appends code that runs if a register is 0, and code that few calls run
// instead.
func (c *code) choose(register string, usual, apart *code) {
	c.instructions = append(c.instructions, instruction{text: func() string { return register }, usual: usual, apart: apart})
}

// op appends an operation of the given name, which reads the sources in the order of the
// manual. It writes a new vector.
func (c *code) op(name string, sources ...*vector) *vector {
	return c.to(newVector(), name, sources...)
}

// to is op that writes to a vector, after it has read the sources. Operations that
// accumulate read it too.
func (c *code) to(destination *vector, name string, sources ...*vector) *vector {
	return c.shifted(destination, name, -1, sources...)
}

// by is op with an immediate operand.
func (c *code) by(amount int, name string, sources ...*vector) *vector {
	return c.shifted(newVector(), name, amount, sources...)
}

func (c *code) shifted(destination *vector, name string, amount int, sources ...*vector) *vector {
	o, known := operations[name]
	if !known {
		panic("unknown operation " + name)
	}
	reads := sources
	if o.accumulates {
		reads = append([]*vector{destination}, sources...)
	}
	c.add(destination, reads, func() string { return o.text(name, destination, amount, sources) })
	return destination
}

// look appends a lookup of bytes in a table of some vectors, whose registers must
// follow one another. Bytes that are outside become 0, or with the operation VTBX
// what they are in the destination.
func (c *code) look(operation string, destination *vector, table []*vector, at *vector) *vector {
	if destination == nil {
		destination = newVector()
	}
	reads := append([]*vector{at}, table...)
	if operation == "VTBX" {
		reads = append(reads, destination)
	}
	c.add(destination, reads, func() string {
		var vectors []string
		for i, v := range table {
			if v.number != table[0].number+i {
				panic("a table whose registers do not follow one another")
			}
			vectors = append(vectors, v.in("B16"))
		}
		return fmt.Sprintf("%s %s, [%s], %s", operation, at.in("B16"), strings.Join(vectors, ", "), destination.in("B16"))
	})
	return destination
}

// load appends a load of 16 bytes.
func (c *code) load(address string) *vector { return c.loadTo(newVector(), address) }

func (c *code) loadTo(destination *vector, address string) *vector {
	c.add(destination, nil, func() string { return fmt.Sprintf("FMOVQ %s, F%d", address, destination.number) })
	return destination
}

// store appends a store of 16 bytes.
func (c *code) store(v *vector, address string) {
	c.add(nil, []*vector{v}, func() string { return fmt.Sprintf("FMOVQ F%d, %s", v.number, address) })
}

// storePair appends a store of 32 bytes.
func (c *code) storePair(first, second *vector, address string) {
	c.add(nil, []*vector{first, second}, func() string {
		return fmt.Sprintf("FSTPQ (F%d, F%d), %s", first.number, second.number, address)
	})
}

// allocate chooses registers for the vectors of straight code that have none, among
// those that are free. Each is taken from where it is first written to where it is
// last read.
func (c *code) allocate(free []int) {
	all := c.flat()
	last := map[*vector]int{}
	for i, in := range all {
		for _, v := range in.sources {
			last[v] = i
		}
	}
	taken, released := map[*vector]bool{}, map[*vector]bool{}
	for i, in := range all {
		for _, v := range in.sources {
			if v.number < 0 {
				panic(fmt.Sprintf("instruction %d reads a vector that none has written", i))
			}
			if (taken[v] || v.lent) && last[v] == i && !released[v] {
				free = append(free, v.number)
				released[v] = true
			}
		}
		v := in.destination
		if v == nil || v.number >= 0 {
			continue
		}
		if len(free) == 0 {
			panic(fmt.Sprintf("instruction %d of %d finds no free register", i, len(all)))
		}
		v.number, free = free[0], free[1:] // the one that has been free for the longest
		taken[v] = true
	}
}

// dropUnused drops instructions that write vectors which no later one reads, nor any of
// those that are given. It adds the vectors that the code reads to these.
func (c *code) dropUnused(read map[*vector]bool) {
	var kept []instruction
	for _, in := range slices.Backward(c.instructions) {
		if in.apart != nil {
			in.apart.dropUnused(read)
			in.usual.dropUnused(read)
		} else if v := in.destination; v != nil && v.number < 0 && !read[v] {
			continue
		}
		for _, v := range in.sources {
			read[v] = true
		}
		kept = append(kept, in)
	}
	slices.Reverse(kept)
	c.instructions = kept
}

// flat returns all instructions, those apart too, in the order in which they run.
func (c *code) flat() (all []instruction) {
	for _, in := range c.instructions {
		if in.apart != nil {
			all = append(append(all, in.usual.flat()...), in.apart.flat()...)
		} else {
			all = append(all, in)
		}
	}
	return all
}

// write writes the code, and returns what is apart from it. Labels are numbered.
func (c *code) write(w *strings.Builder, labels *int) (apart string) {
	var out strings.Builder
	for _, in := range c.instructions {
		text := in.text()
		switch {
		case in.apart != nil:
			*labels++
			there, back := fmt.Sprint("apart", *labels), fmt.Sprint("back", *labels)
			fmt.Fprintf(w, "\tCBNZ %s, %s\n", text, there)
			inner := in.usual.write(w, labels)
			fmt.Fprintf(w, "%s:\n", back)
			fmt.Fprintf(&out, "%s:\n", there)
			inner += in.apart.write(&out, labels)
			fmt.Fprintf(&out, "\tJMP %s\n%s", back, inner)
		case strings.HasSuffix(text, ":"):
			w.WriteString(text + "\n")
		default:
			w.WriteString("\t" + text + "\n")
		}
	}
	return out.String()
}
