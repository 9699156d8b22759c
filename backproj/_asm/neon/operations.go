package main

import (
	"fmt"
	"strings"
)

// An operation is an instruction whose operands are vectors. Names are those of the
// manual, with the arrangement of the sources, as Go writes it.
type operation struct {
	// given is the arrangement of the sources, and made that of the destination.
	given, made string

	// mnemonic is Go's. Where Go's assembler has none, the word is the instruction, with
	// all registers 0, from the Arm Architecture Reference Manual, C7.2.
	mnemonic string
	word     uint32

	// accumulates says that it reads the destination too.
	accumulates bool

	// narrows says that the shift is that of a narrowing operation: it is encoded as its
	// difference from 16.
	narrows bool
}

// operations are those that the kernel uses.
var operations = map[string]operation{
	"add.B16":    {given: "B16", made: "B16", mnemonic: "VADD"},
	"and.B16":    {given: "B16", made: "B16", mnemonic: "VAND"},
	"bit.B16":    {given: "B16", made: "B16", mnemonic: "VBIT", accumulates: true},
	"bsl.B16":    {given: "B16", made: "B16", mnemonic: "VBSL", accumulates: true},
	"cmeq.B16":   {given: "B16", made: "B16", mnemonic: "VCMEQ"},
	"cmtst.B16":  {given: "B16", made: "B16", mnemonic: "VCMTST"},
	"eor.B16":    {given: "B16", made: "B16", mnemonic: "VEOR"},
	"fmla.S4":    {given: "S4", made: "S4", mnemonic: "VFMLA", accumulates: true},
	"fmls.S4":    {given: "S4", made: "S4", mnemonic: "VFMLS", accumulates: true},
	"orr.B16":    {given: "B16", made: "B16", mnemonic: "VORR"},
	"sli.H8":     {given: "H8", made: "H8", mnemonic: "VSLI", accumulates: true},
	"sub.B16":    {given: "B16", made: "B16", mnemonic: "VSUB"},
	"uaddw.B8":   {given: "B8", made: "H8", mnemonic: "VUADDW"},
	"uaddw2.B16": {given: "B16", made: "H8", mnemonic: "VUADDW2"},
	"umax.B16":   {given: "B16", made: "B16", mnemonic: "VUMAX"},
	"umin.B16":   {given: "B16", made: "B16", mnemonic: "VUMIN"},
	"ushll.B8":   {given: "B8", made: "H8", mnemonic: "VUSHLL"},
	"ushll2.B16": {given: "B16", made: "H8", mnemonic: "VUSHLL2"},
	"ushr.B16":   {given: "B16", made: "B16", mnemonic: "VUSHR"},
	"usra.H8":    {given: "H8", made: "H8", mnemonic: "VUSRA", accumulates: true},
	"uzp1.B16":   {given: "B16", made: "B16", mnemonic: "VUZP1"},
	"uzp1.H8":    {given: "H8", made: "H8", mnemonic: "VUZP1"},
	"uzp2.B16":   {given: "B16", made: "B16", mnemonic: "VUZP2"},
	"zip1.B16":   {given: "B16", made: "B16", mnemonic: "VZIP1"},
	"zip2.B16":   {given: "B16", made: "B16", mnemonic: "VZIP2"},

	"bic.B16":     {given: "B16", made: "B16", word: 0x4e601c00},
	"cmhi.B16":    {given: "B16", made: "B16", word: 0x6e203400},
	"cmhs.B16":    {given: "B16", made: "B16", word: 0x6e203c00},
	"fmul.S4":     {given: "S4", made: "S4", word: 0x6e20dc00},
	"frecpe.S4":   {given: "S4", made: "S4", word: 0x4ea1d800},
	"frecps.S4":   {given: "S4", made: "S4", word: 0x4e20fc00},
	"rshrn.H8":    {given: "H8", made: "B8", word: 0x0f008c00, narrows: true},
	"rshrn2.H8":   {given: "H8", made: "B16", word: 0x4f008c00, narrows: true, accumulates: true},
	"sqrdmulh.H8": {given: "H8", made: "H8", word: 0x6e60b400},
	"sqxtn.H8":    {given: "H8", made: "B8", word: 0x0e214800},
	"sqxtn2.H8":   {given: "H8", made: "B16", word: 0x4e214800, accumulates: true},
	"umlal.B8":    {given: "B8", made: "H8", word: 0x2e208000, accumulates: true},
	"umlal2.B16":  {given: "B16", made: "H8", word: 0x6e208000, accumulates: true},
	"umlsl.B8":    {given: "B8", made: "H8", word: 0x2e20a000, accumulates: true},
	"umlsl2.B16":  {given: "B16", made: "H8", word: 0x6e20a000, accumulates: true},
	"umull.B8":    {given: "B8", made: "H8", word: 0x2e20c000},
	"umull2.B16":  {given: "B16", made: "H8", word: 0x6e20c000},
	"uqadd.B16":   {given: "B16", made: "B16", word: 0x6e200c00},
	"ushl.B16":    {given: "B16", made: "B16", word: 0x6e204400},
	"usubl.B8":    {given: "B8", made: "H8", word: 0x2e202000},
	"usubl2.B16":  {given: "B16", made: "H8", word: 0x6e202000},
}

// text returns the line of an operation. Go has the operands in reverse order.
func (o *operation) text(name string, destination *vector, amount int, sources []*vector) string {
	if o.mnemonic == "" {
		return o.encoded(strings.Split(name, ".")[0], destination, amount, sources)
	}
	var operands []string
	if amount >= 0 {
		operands = append(operands, fmt.Sprintf("$%d", amount))
	}
	for i := len(sources) - 1; i >= 0; i-- {
		arrangement := o.given
		if i == 0 && strings.HasPrefix(name, "uaddw") {
			arrangement = o.made
		}
		operands = append(operands, sources[i].in(arrangement))
	}
	return fmt.Sprintf("%s %s, %s", o.mnemonic, strings.Join(operands, ", "), destination.in(o.made))
}

// manual are the arrangements as the manual writes them.
var manual = map[string]string{"B16": "16b", "B8": "8b", "H8": "8h", "S4": "4s"}

// encoded returns the line of an operation that Go's assembler does not know, and what
// it is in a comment.
func (o *operation) encoded(name string, destination *vector, amount int, sources []*vector) string {
	word := o.word | uint32(destination.number) | uint32(sources[0].number)<<5
	text := fmt.Sprintf("%s v%d.%s, v%d.%s", name, destination.number, manual[o.made], sources[0].number, manual[o.given])
	if len(sources) > 1 {
		word |= uint32(sources[1].number) << 16
		text += fmt.Sprintf(", v%d.%s", sources[1].number, manual[o.given])
	}
	if o.narrows {
		word |= uint32(16-amount) << 16
		text += fmt.Sprintf(", #%d", amount)
	}
	return fmt.Sprintf("WORD $%#08x // %s", word, text)
}
