// Package promise runs a program that is a list of promises: things that a server keeps for its clients.
package promise

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// Promise is one thing that the program has come to see.
type Promise struct {
	// Name ends the line that says that it was kept.
	Name string
	// Kept returns why it was not.
	Kept func(ctx context.Context) error
}

// withinEach is how long a promise may take.
const withinEach = 20 * time.Second

// Expect goes through the promises in their order, prints "ok" and its name for each that is kept, and ends the
// program with the reason at the first that is not.
func Expect(promises ...Promise) {
	for _, promise := range promises {
		ctx, cancel := context.WithTimeout(context.Background(), withinEach)
		err := promise.Kept(ctx)
		cancel()
		if err != nil {
			Fail("%s: %v", promise.Name, err)
		}
		fmt.Println("ok", promise.Name)
	}
}

// Fail ends the program with the reason.
func Fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "failed "+format+"\n", args...)
	os.Exit(1)
}

// Eventually asks again until the answer is yes, and gives up with an error or with the context.
func Eventually(ctx context.Context, ask func(ctx context.Context) (bool, error)) error {
	return wait.PollUntilContextCancel(ctx, 20*time.Millisecond, true, ask)
}

// Same is an error that shows both when they differ.
func Same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v instead of %v", what, got, want)
	}
	return nil
}
