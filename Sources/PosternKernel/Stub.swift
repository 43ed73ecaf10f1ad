public enum KernelStub {}
