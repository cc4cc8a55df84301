// Command kubernetes is one binary for every Kubernetes part of the test cluster.
//
// The first argument names the part: apiserver, controller-manager, scheduler,
// kubelet, kube-proxy or kubectl. Called as "kubectl" (by a link) it is kubectl.
// Each branch is the body of that part's own main function in k8s.io/kubernetes.
// One more part, remove-sandboxes, takes down what a stopped kubelet left running.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	_ "time/tzdata" // time zones of CronJobs, as upstream links them

	"github.com/spf13/cobra"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubectl's client auth plugins
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var servers = map[string]func() *cobra.Command{
	"apiserver":          apiserver.NewAPIServerCommand,
	"controller-manager": controllermanager.NewControllerManagerCommand,
	"scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":            func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"kube-proxy":         proxy.NewProxyCommand,
}

func runKubectl() {
	logs.GlogSetter(cmd.GetLogVerbosity(os.Args)) //nolint:errcheck // as upstream's main does
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}

func main() {
	part := filepath.Base(os.Args[0])
	if part != "kubectl" && len(os.Args) > 1 {
		part = os.Args[1]
		os.Args = append([]string{part}, os.Args[2:]...)
	}
	switch part {
	case "kubectl":
		runKubectl()
		return
	case "remove-sandboxes":
		runRemoveSandboxes()
		return
	}
	newCommand, known := servers[part]
	if !known {
		fmt.Fprintf(os.Stderr, "unknown part %q\n\nHint: one of apiserver, controller-manager, scheduler, kubelet, kube-proxy, kubectl, remove-sandboxes\n", part)
		os.Exit(2)
	}
	os.Exit(cli.Run(newCommand()))
}
