public enum CompilerStub {}
