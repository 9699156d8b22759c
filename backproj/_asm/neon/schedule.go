package main

import (
	"cmp"
	"slices"
	"strings"
)

// A turn's code is one stage of the turn before, and the other stage of this one. Each has a
// chain of instructions that wait for one another, and a CPU cannot look ahead far enough to
// find something else to do. So the instructions are ordered here, as a CPU would run them
// that could look ahead as far as one likes: in each cycle those are next that the most
// cycles of others wait for.

// The width of that CPU, which is that of a Neoverse N1.
const (
	vectorWidth = 2 // instructions with vectors in a cycle
	width       = 4 // all instructions
)

// A step is an instruction to be ordered, with the loads that it is the only one to read.
type step struct {
	loads []instruction
	instruction
	after  []*step // the steps whose results must be there before it
	behind []*step // the steps that only must be before it
	height int     // the cycles from its begin to the end of all that waits for it
	done   bool
	result int // the cycle when its result is there
}

// latency returns about how many cycles an instruction takes.
func (in *instruction) latency() int {
	if in.apart != nil {
		return 8 // it loads pixels
	}
	text := in.text()
	for prefix, cycles := range map[string]int{
		"VLD": 8, "VFML": 4, "VUSRA": 4, "umull": 4, "umlal": 4, "umlsl": 4, "fsub": 2, "fmul": 3, "frec": 4, "sqrdmulh": 5,
		"rshrn": 4, "sqxtn": 4,
	} {
		if strings.HasPrefix(text, prefix) || strings.Contains(text, "// "+prefix) {
			return cycles
		}
	}
	return 2
}

// scheduled returns the instructions of a sequence in another order, which computes the
// same, mixed with others that have no vectors and keep theirs. No more vectors that have no
// register yet are in use at a time than there are registers.
func scheduled(c, others *code, registers int) *code {
	// The more registers are kept for what others wait for, the later what waits begins.
	for kept := range registers {
		if all := tryScheduled(c, others, registers, kept); all != nil {
			return all
		}
	}
	panic("too few registers for any order")
}

// tryScheduled is scheduled with so many registers kept for steps that need no more of them
// than they release. It returns nil if it gets stuck.
func tryScheduled(c, others *code, registers, kept int) *code {
	left := stepsOf(c)
	steps := len(left)
	uses := map[*vector]int{} // how many steps are still to read a vector
	for _, s := range left {
		for _, v := range s.reads() {
			uses[v]++
		}
	}
	// Those that most wait for come first.
	slices.SortStableFunc(left, func(s, t *step) int { return cmp.Compare(t.height, s.height) })
	all := new(code)
	inUse, mixed := 0, 0
	mix := func(n int) {
		for ; n > 0 && mixed < len(others.instructions); n-- {
			all.instructions = append(all.instructions, others.instructions[mixed])
			mixed++
		}
	}
	idle := 0 // cycles
	for cycle := 0; len(left) > 0; cycle++ {
		issued := 0
		for range vectorWidth {
			i := slices.IndexFunc(left, func(s *step) bool {
				growth := s.growth(uses)
				limit := registers
				if growth > 0 {
					limit -= kept
				}
				return s.ready(cycle) && inUse+max(growth, len(s.loads), s.inside()) <= limit
			})
			if i < 0 {
				break
			}
			s := left[i]
			left = slices.Delete(left, i, i+1)
			inUse += s.growth(uses)
			for _, v := range s.reads() {
				uses[v]--
			}
			s.done, s.result = true, cycle+s.latency()
			all.instructions = append(all.instructions, s.loads...)
			all.instructions = append(all.instructions, s.instruction)
			issued++
		}
		// The others are spread: as many of a hundred are there as of these.
		due := len(others.instructions) * (steps - len(left)) / steps
		if issued == 0 {
			due += width
			if idle++; idle > 50 {
				return nil
			}
		} else {
			idle = 0
		}
		mix(min(max(due-mixed, 0), width))
	}
	mix(len(others.instructions))
	return all
}

// stepsOf returns the instructions as steps, with what each must come after.
func stepsOf(c *code) (steps []*step) {
	readers := map[*vector]int{}
	for _, in := range c.instructions {
		for _, v := range in.reads() {
			readers[v]++
		}
	}
	writer, reading := map[*vector]*step{}, map[*vector][]*step{}
	loads := map[*vector]instruction{} // constants that nothing has read so far
	var ordered *step                  // the last that is not of vectors alone
	for _, in := range c.instructions {
		if v := in.destination; v != nil && v.number < 0 && len(in.sources) == 0 && in.apart == nil && readers[v] > 0 && writer[v] == nil && loads[v].text == nil {
			loads[v] = in
			continue
		}
		s := &step{instruction: in}
		for _, v := range in.reads() {
			if load, is := loads[v]; is {
				s.loads = append(s.loads, load)
				writer[v] = s
				delete(loads, v)
				continue
			}
			if w := writer[v]; w != nil {
				s.after = append(s.after, w)
			}
		}
		for _, v := range in.writes() {
			if w := writer[v]; w != nil {
				s.after = append(s.after, w)
			}
			s.behind = append(s.behind, reading[v]...)
		}
		for _, v := range in.follows {
			if w := writer[v]; w != nil {
				s.behind = append(s.behind, w)
			}
		}
		if in.destination == nil || in.apart != nil {
			if ordered != nil {
				s.behind = append(s.behind, ordered)
			}
			ordered = s
		}
		for _, v := range in.reads() {
			reading[v] = append(reading[v], s)
		}
		for _, v := range in.writes() {
			writer[v], reading[v] = s, nil
		}
		steps = append(steps, s)
	}
	for _, s := range slices.Backward(steps) {
		s.height = max(s.height, s.latency())
		for _, before := range s.after {
			if before != s {
				before.height = max(before.height, before.latency()+s.height)
			}
		}
		for _, before := range s.behind {
			before.height = max(before.height, s.height)
		}
	}
	return steps
}

// reads returns the vectors that an instruction reads, with those of the code of a choice.
func (in *instruction) reads() (all []*vector) {
	for _, one := range in.flat() {
		all = append(all, one.sources...)
	}
	return unique(all)
}

// writes returns the vectors that an instruction writes.
func (in *instruction) writes() (all []*vector) {
	for _, one := range in.flat() {
		if one.destination != nil {
			all = append(all, one.destination)
		}
	}
	return unique(all)
}

func (in *instruction) flat() []instruction { return (&code{[]instruction{*in}}).flat() }

func unique(vectors []*vector) (all []*vector) {
	for _, v := range vectors {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// ready reports whether all that a step must come after is there in a cycle.
func (s *step) ready(cycle int) bool {
	for _, before := range s.after {
		if before != s && (!before.done || before.result > cycle) {
			return false
		}
	}
	return !slices.ContainsFunc(s.behind, func(before *step) bool { return before != s && !before.done })
}

// inside returns how many vectors the code of a choice is given for itself.
func (s *step) inside() (n int) {
	const most = 8
	for _, v := range s.writes() {
		if v.number < 0 && slices.Contains(s.reads(), v) && s.apart != nil {
			n++
		}
	}
	return min(n, most)
}

// growth returns how many more vectors are in use after a step, if so many steps are still
// to read each.
func (s *step) growth(uses map[*vector]int) (n int) {
	for _, v := range s.writes() {
		if v.number < 0 && !slices.Contains(s.reads(), v) {
			n++
		}
	}
	n += len(s.loads)
	for _, v := range s.reads() {
		if (v.number < 0 || v.lent) && uses[v] == 1 && (v.lent || !slices.Contains(s.writes(), v)) {
			n--
		}
	}
	return n
}
