package meter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestEntryChecksCutEveryCycle takes random call graphs without what is checked,
// and finds no cycle and no more work than allowed in what is left.
func TestEntryChecksCutEveryCycle(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g, sizes := randomCallGraph(seed)
			checked := g.entryChecks(func(node uint32) uint64 { return sizes[node] })
			for node, isChecked := range checked {
				if isChecked && !g.isFunction(uint32(node)) {
					t.Fatalf("node %d has no code to check in", node)
				}
			}
			work := make([]uint64, g.callees.nodes())
			onPath := make([]bool, g.callees.nodes())
			var walk func(node uint32) uint64
			walk = func(node uint32) uint64 {
				if checked[node] {
					return 0
				}
				if onPath[node] {
					t.Fatalf("node %d is on a cycle without a check", node)
				}
				if work[node] > 0 {
					return work[node]
				}
				onPath[node] = true
				var sum, most uint64
				for _, callee := range g.callees.from(node) {
					one := walk(callee)
					sum, most = sum+one, max(most, one)
				}
				onPath[node] = false
				work[node] = most
				if g.isFunction(node) {
					work[node] = sum + sizes[node]
				}
				return work[node]
			}
			for node := range uint32(g.functions) {
				if got := walk(node); got > untickedWork {
					t.Fatalf("function %d does work of %d without a tick", node, got)
				}
			}
		})
	}
}

// randomCallGraph makes a graph of up to 40 functions and 5 types.
func randomCallGraph(seed uint64) (*callGraph, []uint64) {
	random := rand.New(rand.NewPCG(seed, 3))
	g := &callGraph{functions: 3 + random.IntN(38), imports: 2, isTry: []bool{false, seed%2 == 0}}
	nodes := g.functions + 1 + random.IntN(5)
	var pairs [][2]uint32
	for range random.IntN(3 * nodes) {
		from, to := random.IntN(nodes), random.IntN(nodes)
		fromType, toType := from >= g.functions, to >= g.functions
		isHost := from < g.imports && !g.isTry[from]
		if !isHost && !(fromType && toType) && (!toType || from != 1 || to == g.functions) {
			pairs = append(pairs, [2]uint32{uint32(from), uint32(to)})
		}
	}
	g.callees = newGraph(nodes, func(edge func(from, to uint32)) {
		for _, pair := range pairs {
			edge(pair[0], pair[1])
		}
	})
	sizes := make([]uint64, nodes)
	for i := range sizes {
		sizes[i] = random.Uint64N(untickedWork / 4)
	}
	return g, sizes
}

func TestComponents(t *testing.T) {
	tests := []struct {
		name  string
		edges [][2]uint32
		want  []uint32
	}{
		{"no edges", nil, []uint32{1, 2, 3, 4, 5}},
		{"chain", [][2]uint32{{0, 1}, {1, 2}, {2, 3}, {3, 4}}, []uint32{5, 4, 3, 2, 1}},
		{"ring", [][2]uint32{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}}, []uint32{1, 1, 1, 1, 1}},
		{"two rings and a bridge", [][2]uint32{{0, 1}, {1, 0}, {1, 2}, {2, 3}, {3, 2}}, []uint32{2, 2, 1, 1, 3}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := newGraph(5, func(edge func(from, to uint32)) {
				for _, e := range test.edges {
					edge(e[0], e[1])
				}
			})
			if got := g.components(); !slices.Equal(got, test.want) {
				t.Errorf("components %d, want %d", got, test.want)
			}
		})
	}
}
