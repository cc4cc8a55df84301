package main

import (
	"context"
	"fmt"
	"os"
	"time"

	internalapi "k8s.io/cri-api/pkg/apis"
	cri "k8s.io/cri-client/pkg"
	"k8s.io/klog/v2"
)

const criTimeout = 30 * time.Second

// removeSandboxes stops and removes every pod of a container runtime through its
// CRI socket, so that the runtime itself takes down networks, mounts and shims.
func removeSandboxes(endpoint string) error {
	logger := klog.Background()
	runtime, err := cri.NewRemoteRuntimeService(endpoint, criTimeout, nil, &logger)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", endpoint, err)
	}
	ctx := context.Background()
	sandboxes, err := runtime.ListPodSandbox(ctx, nil)
	if err != nil {
		return fmt.Errorf("list the pods of %s: %w", endpoint, err)
	}
	for _, sandbox := range sandboxes {
		name := sandbox.Metadata.Namespace + "/" + sandbox.Metadata.Name
		if err := removeSandbox(ctx, runtime, sandbox.Id); err != nil {
			return fmt.Errorf("remove pod %s: %w", name, err)
		}
		fmt.Println("removed pod", name)
	}
	return nil
}

func removeSandbox(ctx context.Context, runtime internalapi.RuntimeService, id string) error {
	if err := runtime.StopPodSandbox(ctx, id); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	if err := runtime.RemovePodSandbox(ctx, id); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	return nil
}

func runRemoveSandboxes() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: remove-sandboxes unix:///path/to/containerd.sock")
		os.Exit(2)
	}
	if err := removeSandboxes(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
