// The original, asked one expression per line: {"expr", "env", "want"} in, {"value"} or {"stage",
// "error"} out. Floats travel as the hexadecimal of their bits, so that nothing is lost on the way.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

type request struct {
	Expr string
	Env  map[string]any
	Want string
	// How often to run it, and only tell how long that took.
	Repeat int
}

type answer struct {
	Value *string `json:"value,omitempty"`
	Stage string  `json:"stage,omitempty"`
	Error string  `json:"error,omitempty"`
	Nanos int64   `json:"nanos,omitempty"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<24)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		var asked request
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			panic(err)
		}
		line, _ := json.Marshal(askFor(patience, asked))
		out.Write(append(line, '\n'))
		out.Flush()
	}
}

// The original has no limit on time, and some expressions have no end to speak of.
const patience = 20 * time.Second

func askFor(limit time.Duration, asked request) answer {
	answers := make(chan answer, 1)
	go func() { answers <- ask(asked) }()
	select {
	case result := <-answers:
		return result
	case <-time.After(limit):
		return answer{Stage: "timeout", Error: asked.Expr}
	}
}

func ask(asked request) (result answer) {
	defer func() {
		if fault := recover(); fault != nil {
			result = answer{Stage: "crash", Error: fmt.Sprint(fault)}
		}
	}()
	options := []expr.Option{expr.Env(scopeOf(asked.Env))}
	if asked.Want == "number" {
		options = append(options, expr.AsFloat64())
	}
	program, err := expr.Compile(asked.Expr, options...)
	if err != nil {
		return answer{Stage: "compile", Error: err.Error()}
	}
	if asked.Repeat > 0 {
		return answer{Nanos: measure(program, asked)}
	}
	value, err := vm.Run(program, asked.Env)
	if err != nil {
		return answer{Stage: "run", Error: err.Error()}
	}
	text := show(value)
	return answer{Value: &text}
}

func measure(program *vm.Program, asked request) int64 {
	machine := vm.VM{}
	start := time.Now()
	for turn := 0; turn < asked.Repeat; turn++ {
		if _, err := machine.Run(program, asked.Env); err != nil {
			panic(err)
		}
	}
	return time.Since(start).Nanoseconds()
}

func scopeOf(env map[string]any) types.Map {
	scope := types.Map{}
	for name, value := range env {
		switch value := value.(type) {
		case map[string]any:
			scope[name] = scopeOf(value)
		case nil:
			scope[name] = types.Nil
		default:
			scope[name] = types.TypeOf(value)
		}
	}
	return scope
}

func show(value any) string {
	switch value := value.(type) {
	case nil:
		return "nil"
	case float64:
		if math.IsNaN(value) {
			return "float NaN"
		}
		return fmt.Sprintf("float %016x", math.Float64bits(value))
	case int64:
		return fmt.Sprintf("int %d", value)
	case string:
		return strconv.Quote(value)
	case time.Time:
		return "time " + value.UTC().Format(time.RFC3339Nano)
	case time.Duration:
		return fmt.Sprintf("duration %d", int64(value))
	case []any:
		return showAll(len(value), func(index int) any { return value[index] })
	case []int:
		return showAll(len(value), func(index int) any { return value[index] })
	case []string:
		return showAll(len(value), func(index int) any { return value[index] })
	case [][2]any:
		return showAll(len(value), func(index int) any { return value[index][:] })
	case map[string]any:
		entries := []string{}
		for key, element := range value {
			entries = append(entries, show(key)+": "+show(element))
		}
		return showEntries(entries)
	case map[any]any:
		entries := []string{}
		for key, element := range value {
			entries = append(entries, show(key)+": "+show(element))
		}
		return showEntries(entries)
	case map[any][]any:
		entries := []string{}
		for key, element := range value {
			entries = append(entries, show(key)+": "+show(element))
		}
		return showEntries(entries)
	}
	return strings.ToLower(fmt.Sprintf("%T %v", value, value))
}

func showAll(size int, at func(int) any) string {
	parts := make([]string, size)
	for index := range parts {
		parts[index] = show(at(index))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func showEntries(entries []string) string {
	sort.Strings(entries)
	return "{" + strings.Join(entries, ", ") + "}"
}
