package main

import (
	"fmt"
	"strings"
)

// Registers that are the same in all functions of pixels.
const (
	dst       = "R0"  // the results of the row
	src       = "R1"  // its pixels
	final     = "R2"  // the index of the first pixel of the last turn
	at        = "R3"  // that of this turn
	table     = "R4"  // what indices address
	data      = "R5"  // the constants
	pixels    = "R6"  // the address of this turn's pixels
	gated     = "R7"  // not 0 if the gate may reject pixels
	redFirst  = "R8"  // the parameter
	queue     = "R17" // on the stack: the indices of the turn before
	results   = "R19" // the address of that turn's results
	four      = "R20" // not 0 if pixels have 4 bytes
	unusual   = "R21" // not 0 if they have, or red is first
	pixelSize = "R22"
)

// A program is an assembly file, and the declarations that go with it.
type program struct {
	assembly, stubs strings.Builder

	fields map[string]int // the offsets of the fields of a codebook
}

// A function is one of a program.
type function struct {
	*code
	offsets map[string]int     // of the parameters
	fields  map[string]int     // see program
	pinned  map[string]*vector // the constants that it has in registers
	held    []*vector          // between the stages of a turn
	free    []int              // the registers that no constant has, nor a caller of pin
}

// sizes are those of the types of parameters.
var sizes = map[string]int{"bool": 1, "uint8": 1, "uint16": 2, "uint32": 4, "int": 8}

// function writes a function, with so many bytes of the stack for itself, whose
// instructions emit appends.
func (p *program) function(name, parameters string, frame int, doc string, emit func(f *function)) {
	f := &function{code: new(code), offsets: map[string]int{}, fields: p.fields, pinned: map[string]*vector{}}
	for i := range 32 {
		f.free = append(f.free, i)
	}
	offset := 0
	var names []string
	for field := range strings.SplitSeq(parameters, ", ") {
		parameter, kind, typed := strings.Cut(field, " ")
		names = append(names, parameter)
		if !typed {
			continue
		}
		size, known := sizes[kind]
		if !known {
			size = 8 // a pointer
		}
		for _, parameter := range names {
			offset = (offset + size - 1) / size * size
			f.offsets[parameter] = offset
			offset += size
		}
		names = nil
	}
	emit(f)
	fmt.Fprintf(&p.stubs, "\n// %s is %s\n//\n//go:noescape\nfunc %s(%s)\n", name, doc, name, parameters)
	fmt.Fprintf(&p.assembly, "\n// func %s(%s)\nTEXT ·%s(SB), NOSPLIT, $%d-%d\n", name, parameters, name, frame, offset)
	labels := 0
	p.assembly.WriteString(f.write(&p.assembly, &labels))
}

// parameter appends the load of a parameter by an instruction.
func (f *function) parameter(instruction, name, register string) {
	f.parameterOf(f.code, instruction, name, register)
}

func (f *function) parameterOf(c *code, instruction, name, register string) {
	offset, known := f.offsets[name]
	if !known {
		panic("no parameter " + name)
	}
	c.line("%s %s+%d(FP), %s", instruction, name, offset, register)
}

// pin appends loads of constants, which stay in registers from the last free one down.
// Constants in one argument, separated by commas, have registers that follow one
// another. A name that begins with an underscore is that of a register for a vector of the turn.
func (f *function) pin(groups ...string) {
	f.line("MOVD $neonConstants<>+%d(SB), %s", 16*near, data)
	for _, group := range groups {
		names := strings.Split(group, ", ")
		first := f.reserve(len(names))
		for i, name := range names {
			f.pinned[name] = fixed(first + i)
			if name[0] != '_' {
				f.loadTo(f.pinned[name], f.constantAt(name))
			}
		}
	}
}

// reserve takes the last free registers, and returns the number of the first of these.
func (f *function) reserve(n int) int {
	f.free = f.free[:len(f.free)-n]
	return len(f.free)
}

// constant returns a constant that is in a register, or appends a load of it.
func (f *function) constant(c *code, name string) *vector {
	if v, is := f.pinned[name]; is {
		return v
	}
	return f.copied(c, name)
}

// copied appends a load of a constant, for an operation that writes to it.
func (f *function) copied(c *code, name string) *vector { return c.load(f.constantAt(name)) }

func (f *function) constantAt(name string) string {
	at, known := constantOffsets[name]
	if !known {
		panic("no constant " + name)
	}
	return address(at-16*near, data)
}

func (f *function) append(c *code) { f.instructions = append(f.instructions, c.instructions...) }

func address(offset int, register string) string { return fmt.Sprintf("%d(%s)", offset, register) }

// begin appends what comes before the first turn of a row of pixels.
func (f *function) begin() {
	f.parameter("MOVD", "src", src)
	f.parameter("MOVD", "n", final)
	f.parameter("MOVD", "size", pixelSize)
	f.parameter("MOVBU", "redFirst", redFirst)
	f.line("SUB $3, %s, %s", pixelSize, four)
	f.line("ORR %s, %s, %s", redFirst, four, unusual)
	f.line("SUB $%d, %s", turn, final)
	f.line("MOVD $0, %s", at)
}

// next appends what leads to the next turn, or to the label if this was the last. The last
// one ends with the row.
func (f *function) next(turnLabel, last string) {
	f.line("CMP %s, %s", final, at)
	f.line("BEQ %s", last)
	f.line("ADD $%d, %s", turn, at)
	f.line("CMP %s, %s", final, at)
	f.line("CSEL GT, %s, %s, %s", final, at, at)
	f.line("JMP %s", turnLabel)
}

// components appends what loads the pixels of a turn, and returns their components.
//
// The last pixel may lack a fourth byte. The last turn begins one byte early instead,
// which is there, as it is not the first.
func (f *function) components(c *code) (b, g, r *vector) {
	components := []*vector{lent(0), lent(1), lent(2)}
	for i, v := range components {
		if f.free[i] != v.number {
			panic("a register of pixels is taken")
		}
	}
	// Free after these loads, which may use it, and not before.
	other := lent(3)
	f.free = f.free[4:]
	c.line("MADD %s, %s, %s, %s", pixelSize, src, at, pixels)
	usual, apart := new(code), new(code)
	write := func(c *code, v *vector, format string, arguments ...any) {
		text := fmt.Sprintf(format, arguments...)
		c.add(v, []*vector{other}, func() string { return text })
	}
	write(usual, components[0], "VLD3 (%s), [V0.B16, V1.B16, V2.B16]", pixels)
	apart.line("CBNZ %s, four", four)
	write(apart, components[0], "VLD3 (%s), [V0.B16, V1.B16, V2.B16]", pixels)
	apart.line("JMP loaded")
	apart.line("four:")
	apart.line("CMP %s, %s", final, at)
	apart.line("BEQ early")
	write(apart, components[0], "VLD4 (%s), [V0.B16, V1.B16, V2.B16, V3.B16]", pixels)
	apart.line("JMP loaded")
	apart.line("early:")
	apart.line("SUB $1, %s", pixels)
	write(apart, components[0], "VLD4 (%s), [V0.B16, V1.B16, V2.B16, V3.B16]", pixels)
	for i, v := range components {
		write(apart, v, "VORR V%d.B16, V%d.B16, V%d.B16", i+1, i+1, i)
	}
	apart.line("loaded:")
	apart.line("CBZ %s, ordered", redFirst)
	for _, move := range [][2]int{{0, 3}, {2, 0}, {3, 2}} {
		write(apart, components[0], "VORR V%d.B16, V%d.B16, V%d.B16", move[0], move[0], move[1])
	}
	apart.line("ordered:")
	c.choose(unusual, usual, apart)
	return components[0], components[1], components[2]
}

// finish drops what computes nothing of use from the instructions that have been appended
// since there were so many, and chooses their registers.
func (f *function) finish(from int) {
	body := &code{f.instructions[from:]}
	body.dropUnused(map[*vector]bool{})
	body.allocate(f.free)
	f.instructions = append(f.instructions[:from], body.instructions...)
}
